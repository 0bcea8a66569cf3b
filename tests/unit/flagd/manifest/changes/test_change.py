from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import validate
from flagd.manifest.changes.change import Act, Change, changes


def flag(**spec: Any) -> Any:
    header = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": "x"}}
    resource, findings = validate({**header, "spec": {"variants": [{"key": "on"}, {"key": "[b].c"}], **spec}})
    assert resource is not None, findings
    return resource


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ({"active": True}, Change(("active",), Act.SET, False, True)),
        ({"deployments": ["web"]}, Change(("deployments",), Act.ADDED, None, "web")),
        ({"offTesters": {"userIds": ["a"]}}, None),
    ],
)
def test_a_change_carries_both_values(after: dict[str, Any], change: Change | None) -> None:
    (found,) = changes(flag(), flag(**after))
    assert found == change if change is not None else found.steps == ("offTesters",)


def test_a_ramp_comes_and_goes_as_a_whole() -> None:
    ramped = flag(ramp={"plan": "standard"})
    assert [(each.path, each.act) for each in changes(flag(), ramped)] == [("ramp", Act.ADDED)]
    assert [(each.path, each.act) for each in changes(ramped, flag())] == [("ramp", Act.REMOVED)]
    assert [each.path for each in changes(ramped, flag(ramp={"plan": "slow"}))] == ["ramp.plan"]


@pytest.mark.parametrize(("before", "after"), [(1, True), ({"a": 1}, {"a": True}), ([0], [False])], ids=str)
def test_a_payload_of_another_type_is_a_change(before: Any, after: Any) -> None:
    def variants(payload: Any) -> list[dict[str, Any]]:
        return [{"key": "on", "payload": payload}, {"key": "[b].c"}]

    assert len(changes(flag(variants=variants(before)), flag(variants=variants(after)))) == 1
    assert changes(flag(variants=variants(before)), flag(variants=variants(before))) == ()


def test_a_path_is_said_as_in_a_manifest() -> None:
    (found,) = changes(flag(), flag(variants=[{"key": "on"}, {"key": "[b].c", "payload": 1}]))
    assert (found.path, found.field) == ("variants[[b].c].payload", "payload")
