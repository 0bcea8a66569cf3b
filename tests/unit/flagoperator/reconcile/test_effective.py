"""What a flag comes to with all defaults filled in."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import validate
from flagoperator.reconcile.effective import LONGEST_VARIANTS, Reach, effective, rollout
from flagoperator.reconcile.entry import Entry

MATCH = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]


def entry(**spec: Any) -> Entry:
    manifest = {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "Flag",
        "metadata": {"name": "f", "namespace": "shop"},
        "spec": {"active": True, "variants": [{"key": "on"}, {"key": "big"}], **spec},
    }
    resource, findings = validate(manifest)
    assert resource is not None, findings
    return Entry(resource.ref, "u", "1", 1, "f", resource)


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        ({}, {"rollout": "0", "percent": "0", "variants": "on,big", "salt": "f"}),
        ({"allOtherUsers": {"percent": "12.5"}}, {"rollout": "12.5", "percent": "12.5"}),
        ({"active": False, "allOtherUsers": {"percent": 5}}, {"percent": "5"}),
        ({"key": "k"}, {"salt": "k"}),
        ({"bucketing": {"salt": "s"}}, {"salt": "s"}),
        ({"segments": [{"name": "s", "match": MATCH, "rollout": {"percent": 5}}]}, {"rollout": "0 +1 segment"}),
    ],
)
def test_defaults_are_filled_in(spec: dict[str, Any], part: dict[str, str]):
    found = effective(entry(**spec), Reach())
    assert {name: found[name] for name in part} == part
    assert ("rollout" in found) == spec.get("active", True)


def test_allocations_are_those_that_are_published():
    segment = {"name": "s", "match": MATCH, "rollout": {"percent": 5}}
    found = effective(entry(segments=[segment]), Reach({"s": 2500}))["allocations"]
    assert found == [{"name": "s", "percent": "2.5"}, {"name": "All Other Users", "percent": "0"}]


def test_a_list_of_variants_has_a_bound():
    variants = [{"key": f"variant-{number:03}-{'x' * 50}"} for number in range(100)]
    assert len(effective(entry(variants=variants), Reach())["variants"]) == LONGEST_VARIANTS


def test_a_flag_without_a_ramp_has_no_rollout():
    assert rollout(entry(), Reach()) == {}
