"""The API server's verdict on manifests is that of `flagctl lint`."""

from __future__ import annotations

import json
import urllib.error
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import validate
from tests.unit.flagd.manifest import wrong_ramps
from tests.unit.flagd.manifest.findings import flag, group, resource, segment
from tests.unit.flagd.manifest.wrong import AUDIENCES, FIELDS, FLAGS, GROUPS
from tests.unit.flagd.manifest.wrong_ramps import RAMPS

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

WRONG = {name: case[0] for table in (FIELDS, FLAGS, GROUPS, AUDIENCES, RAMPS) for name, case in table.items()}

COST = "the API server's estimate of the cost would be too high"
UNTYPED = "its schema says nothing of the type, because a union of scalars is not structural"
ONLY_LINT = {
    "a weight for no variant": COST,
    "no attribute in any of in a flag": COST,
    "metadata that is not a scalar": UNTYPED,
    "metadata that Amplitude sets": UNTYPED,
    "a payload of null": "the API server drops nulls before it looks",
    "a broken regular expression": "CEL cannot try a pattern",
    "a broken glob": "CEL cannot try a pattern",
    "a bucketing key that is a list": "the path is right; that its value is a list is known to lint only",
    "a namespace that Kubernetes refuses": "the namespace is part of the address, not of the object",
    **wrong_ramps.ONLY_LINT,
}
RIGHT = {
    "a flag": flag(),
    "a fraction": flag(allOtherUsers={"percent": "0.5"}),
    "all of it": flag(allOtherUsers={"percent": 100, "weights": {"on": 1, "treatment": 4}}),
    "a payload of anything": flag(variants=[{"key": "on", "payload": {"a": [1, None, {"b": 2.5}]}}]),
    "metadata of scalars": flag(metadata={"team": "payments", "tier": 1, "share": 0.5, "critical": True}),
    **{
        f"bucketing by {path}": flag(bucketing={"key": path})
        for path in ("user.user_id", "user.properties.a", "user.properties['a.b']", 'groups.company.properties["x y"]')
    },
    "a segment": segment(segmentRefs=["power-users"]),
    "fields without a value": flag(description=None, segments=None),
    "a holdout": group(type="Holdout", holdout={"percent": 5}),
    "a cohort": resource("FlagCohort", {"members": ["ann"]}),
    "a deployment": resource("FlagDeployment", {"type": "Server", "keyHashes": ["sha256:" + "0" * 64]}),
    **wrong_ramps.RIGHT,
}


def refusal(plane: ControlPlane, obj: dict[str, Any], method: str = "POST", options: str = "dryRun=All&") -> str | None:
    """Return what the API server says against `obj`; None if it takes it."""
    name = f"/{obj['metadata']['name']}" if method == "PUT" else ""
    path = f"/apis/flagoperator.dev/v1alpha1/namespaces/default/{obj['kind'].lower()}s{name}"
    try:
        plane.request(f"{path}?{options}fieldValidation=Strict", method, obj)
    except urllib.error.HTTPError as error:
        return str(json.load(error)["message"])
    return None


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
