"""The API server's verdict on manifests is that of `flagctl lint`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import validate
from flagd.manifest.parts.bound import Bound
from flagd.manifest.parts.percent import Percent
from tests.cluster.verdict import (
    LONGEST,
    NUMBERS,
    ONLY_LINT,
    RIGHT,
    WRONG,
    is_a,
    refusal,
    refused_bounds,
    refused_percents,
)
from tests.unit.flagd.manifest.findings import flag, group, segment
from tests.unit.flagd.manifest.wrong_ramps import RAMPS

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane


@pytest.mark.parametrize("name", [name for name in WRONG if name not in ONLY_LINT])
def test_what_lint_refuses_the_api_server_refuses(plane: ControlPlane, name: str):
    assert validate(WRONG[name])[0] is None
    assert refusal(plane, WRONG[name]) is not None


@pytest.mark.parametrize("name", [name for name in ONLY_LINT if "namespace" not in name])
def test_what_only_lint_can_see_the_api_server_takes(plane: ControlPlane, name: str):
    assert validate(WRONG[name])[0] is None
    assert refusal(plane, WRONG[name]) is None


@pytest.mark.parametrize("name", RIGHT)
def test_what_lint_takes_the_api_server_takes(plane: ControlPlane, name: str):
    assert validate(RIGHT[name])[0] is not None
    assert refusal(plane, RIGHT[name]) is None


@pytest.mark.parametrize(
    ("obj", "says"),
    [
        (flag(variants=[{"key": "OFF"}]), 'spec.variants[0].key: Invalid value: "OFF": `OFF` is reserved'),
        (segment(name="default"), 'spec.segments[0].name: Invalid value: "default": `default` is reserved'),
        (flag(deployments=["web", "web"]), 'spec.deployments[1]: Duplicate value: "web"'),
        (flag(key="ä" * 129), "` takes more than 256 bytes"),
        (
            flag(allOtherUsers={"percent": "50%"}),
            'spec.allOtherUsers.percent: Invalid value: "50%": is not a percentage',
        ),
        (segment(rollout={"percent": "0.0005"}), "is not a percentage; write 0 to 100 in steps of 0.001"),
        *(
            (
                made(bucketing={"key": path}),
                f'spec.bucketing.key: Invalid value: "{path}": `{path}` is not an attribute',
            )
            for path in (
                "user.id",
                "user.plan",
                "country",
                "groups.company",
                "user.properties.a.b",
                "user.properties['']",
            )
            for made in (flag, partial(group, type="Holdout", holdout={"percent": 5}))
        ),
        (group(type="Holdout"), "a group of type Holdout has holdout, no slots"),
        (RAMPS["steps that fall"][0], "spec.steps: Invalid value: the percents of the steps must rise strictly"),
        (RAMPS["a last step below 100"][0], "the last step must be 100 percent; a flag stops at its own goal"),
        (RAMPS["a plan and steps"][0], "spec.ramp: Invalid value: write one of plan, steps and immediate: true"),
    ],
)
def test_the_api_server_names_the_bad_value(plane: ControlPlane, obj: dict[str, Any], says: str):
    assert says in str(refusal(plane, obj))


def test_a_percentage_for_the_api_server_is_one_for_lint(plane: ControlPlane):
    assert refused_percents(plane) == {each for each in NUMBERS if not is_a(Percent, each)}


def test_a_bound_for_the_api_server_is_one_for_lint(plane: ControlPlane):
    assert refused_bounds(plane) == {each for each in NUMBERS if not is_a(Bound, each)}


def test_the_longest_flag_costs_no_more_than_the_api_server_allows(plane: ControlPlane):
    assert refusal(plane, LONGEST) is None


REBUCKETING = {
    "salt": ({"salt": "other"}, "salt changed from `rebucket` to `other`"),
    "unit": ({"unit": "company"}, "unit changed from `User` to `company`"),
    "key": ({"key": "user.device_id"}, "key changed from `user.user_id` to `user.device_id`"),
}


@pytest.fixture
def stored(plane: ControlPlane) -> dict[str, Any]:
    """A flag that is in the cluster, as the cluster gives it back."""
    path = "/apis/flagoperator.dev/v1alpha1/namespaces/default/flags/rebucket"
    obj = flag()
    obj["metadata"]["name"] = "rebucket"
    refusal(plane, obj, options="")
    return dict(plane.request(path))


def test_the_key_of_a_flag_never_changes(plane: ControlPlane, stored: dict[str, Any]):
    stored["spec"]["key"] = "other"
    assert "key changed from `rebucket` to `other`" in str(refusal(plane, stored, "PUT"))
    stored["spec"]["key"] = "rebucket"
    assert refusal(plane, stored, "PUT") is None


@pytest.mark.parametrize("change", REBUCKETING)
def test_what_moves_users_needs_to_be_allowed(plane: ControlPlane, stored: dict[str, Any], change: str):
    stored["spec"]["bucketing"], says = REBUCKETING[change]
    message = str(refusal(plane, stored, "PUT"))
    assert says in message
    assert "set allowRebucket: true" in message
    stored["spec"]["allowRebucket"] = True
    assert refusal(plane, stored, "PUT") is None


def test_writing_out_the_defaults_moves_nobody(plane: ControlPlane, stored: dict[str, Any]):
    stored["spec"]["bucketing"] = {"unit": "User", "key": "user.user_id", "salt": "rebucket"}
    assert refusal(plane, stored, "PUT") is None


def test_a_flag_that_the_operator_has_not_seen_has_an_old_status(stored: dict[str, Any]):
    assert stored["status"] == {"observedGeneration": -1}
