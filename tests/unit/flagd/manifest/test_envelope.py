from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest.envelope import is_foreign, items_of
from tests.unit.flagd.manifest.findings import flag, found, resource, warned


@pytest.mark.parametrize(
    ("obj", "path", "reason", "says"),
    [
        ({**flag(), "kind": "Flagg"}, "kind", "UnknownKind", "unknown kind `Flagg`, did you mean Flag?"),
        (resource("FlagPolicy", {}), "kind", "UnknownKind", "Known: Flag, FlagSegment, FlagCohort, FlagDeployment"),
        (resource("FlagOverride", {}), "kind", "UnknownKind", "FlagDeployment, FlagGroup"),
        ({**flag(), "kind": ["Flag"]}, "kind", "UnknownKind", '`["Flag"]`'),
        ({**flag(), "kind": None}, "kind", "MissingField", "`kind` is missing"),
        (
            {**flag(), "apiVersion": "flagoperator.dev/v1"},
            "apiVersion",
            "UnknownVersion",
            "`flagoperator.dev/v1` is not served for Flag; write flagoperator.dev/v1alpha1",
        ),
        ({**flag(), "apiVersion": None}, "apiVersion", "MissingField", "write flagoperator.dev/v1alpha1"),
        ([], "", "NotAResource", "`[]` is not a resource"),
        (None, "", "NotAResource", "`null` is not a resource"),
    ],
)
def test_a_wrong_envelope_is_told_with_what_would_be_right(obj: Any, path: str, reason: str, says: str):
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message


def test_a_generated_name_is_told_not_to_be_enough():
    obj = flag()
    obj["metadata"] = {"generateName": "new-"}
    assert {one.path for one in found(obj)} == {"metadata.name", "metadata.generateName"}


def test_an_unknown_field_of_metadata_is_told():
    (finding,) = found(resource("FlagCohort", {}, namespacee="shop"))
    assert (finding.path, finding.reason) == ("metadata.namespacee", "UnknownField")
    assert "did you mean `namespace`?" in finding.message


def test_what_does_not_work_yet_is_refused_rather_than_believed():
    (kind,) = found(resource("FlagRollout", {"flag": "new-checkout"}))
    assert (kind.path, kind.reason) == ("kind", "UnknownKind")
    (field,) = found(flag(ramp={"plan": "standard", "sampleRatio": "Pause"}))
    assert (field.path, field.reason) == ("spec.ramp.sampleRatio", "UnknownField")


@pytest.mark.parametrize(
    ("obj", "foreign"),
    [
        ({"kind": [1], "spec": {}}, False),
        ({"kind": {"a": 1}}, True),
        ({"apiVersion": "v1", "kind": [1]}, True),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}}, True),
        ({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}, True),
        ({"apiVersion": "core.openfeature.dev/v1beta1", "kind": "Flag", "spec": {}}, True),
        ({"replicaCount": 2}, True),
        ({"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag"}, False),
        ({"apiVersion": "flagoperator.dev/v9", "kind": "Flag"}, False),
        ({"apiVersion": "flagoperator.dev", "kind": "Flag"}, False),
        ({"apiVersion": "flagoperator.de/v1alpha1", "kind": "Flag"}, False),
        ({"kind": "Flag", "metadata": {}}, False),
        ({"metadata": {}, "spec": {}}, False),
        (["a"], False),
        ("text", False),
    ],
)
def test_what_is_not_ours_is_told_from_what_should_be(obj: Any, foreign: bool):
    assert is_foreign(obj) is foreign


@pytest.mark.parametrize("kind", ["List", "FlagList", "FlagSegmentList"])
def test_a_list_has_items(kind: str):
    assert items_of({"apiVersion": "v1", "kind": kind, "items": [1]}) == [1]


@pytest.mark.parametrize(
    "obj", [{"kind": "List"}, {"kind": "PodList", "items": []}, {"kind": 5, "items": []}, [], None]
)
def test_other_things_have_none(obj: Any):
    assert items_of(obj) is None


def test_status_is_ignored():
    assert warned({**flag(), "status": {"anything": [1]}}) == []
