from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flagd.manifest import KINDS, Flag, ResourceRef, Severity, validate
from flagd.manifest.finding import MAX_FINDINGS
from tests.unit.flagd.manifest.findings import condition, flag, found, resource

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted(
    {
        name
        for kind in KINDS.values()
        for name in json.dumps(kind.model.model_json_schema()).split('"')
        if name.isidentifier()
    }
)


def specs() -> st.SearchStrategy[Any]:
    """Objects of the right names with anything below them."""
    return st.recursive(
        JSON,
        lambda inner: st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6) | st.lists(inner, max_size=3),
        max_leaves=40,
    )


def test_an_object_of_the_cluster_becomes_a_resource():
    obj = flag()
    obj["metadata"] |= {
        "namespace": "shop",
        "uid": "0f8e",
        "generation": 3,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "resourceVersion": "17",
        "managedFields": [{"manager": "kubectl"}],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "payments"},
    }
    obj["status"] = {"observedGeneration": -1}
    resource, diagnostics = validate(obj)
    assert isinstance(resource, Flag)
    assert diagnostics == []
    assert resource.ref == ResourceRef("Flag", "shop", "new-checkout")
    assert resource.metadata.generation == 3
    assert resource.metadata.annotations == {"team": "payments"}


def test_fields_of_metadata_may_be_null_as_kubectl_writes_them():
    assert (
        found(resource("FlagCohort", {}, creationTimestamp=None, labels=None, annotations=None, namespace=None)) == []
    )


def test_no_namespace_is_default():
    for metadata in ({}, {"namespace": ""}):
        obj, _ = validate(resource("FlagCohort", {}, **metadata))
        assert obj is not None
        assert obj.metadata.namespace == "default"


def test_a_diagnostic_names_the_resource():
    _, (diagnostic,) = validate(flag(key=5))
    assert diagnostic.resource == ResourceRef("Flag", "default", "new-checkout")
    assert str(diagnostic).startswith("Flag default/new-checkout: spec.key: error: ")


def test_a_warning_does_not_keep_the_resource_out():
    obj, (diagnostic,) = validate(condition(op="set is"))
    assert obj is not None
    assert diagnostic.severity is Severity.WARNING


def test_what_is_said_of_one_resource_is_bounded():
    assert len(found(condition(values=list(range(10_000))))) == MAX_FINDINGS


@given(st.sampled_from([*KINDS, "FlagRollout", "Flagg"]), specs())
def test_anything_is_a_resource_or_has_diagnostics(kind: str, spec: Any):
    obj, diagnostics = validate(resource(kind, spec))
    assert obj is not None or diagnostics
    assert all(one.message.isprintable() for one in diagnostics)


@given(JSON)
def test_any_json_is_looked_at_without_an_exception(obj: Any):
    assert validate(obj)[0] is None


@given(JSON, JSON)
def test_any_metadata_is_looked_at_without_an_exception(metadata: Any, labels: Any):
    for obj in ({**flag(), "metadata": metadata}, resource("FlagCohort", {}, labels=labels)):
        resource_, diagnostics = validate(obj)
        assert resource_ is not None or diagnostics
