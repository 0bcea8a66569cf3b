"""What is found in a resource, in a form that tests can compare."""

from __future__ import annotations

from typing import Any, NamedTuple

from flagd.manifest import Diagnostic, validate

VARIANTS = [{"key": "on"}, {"key": "treatment"}]
SLOTS = [{"name": "slot-1", "percent": 60}, {"name": "slot-2", "percent": 40}]
MATCH = [{"attribute": "user.country", "op": "is", "values": ["US"]}]


class Found(NamedTuple):
    path: str
    reason: str
    message: str


def resource(kind: str, spec: Any, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": kind,
        "metadata": {"name": "new-checkout", **metadata},
        "spec": spec,
    }


def flag(**spec: Any) -> dict[str, Any]:
    return resource("Flag", {"variants": VARIANTS, **spec})


def segment(**fields: Any) -> dict[str, Any]:
    return flag(segments=[{"name": "pro", "match": MATCH, "rollout": {"percent": 5}, **fields}])


def condition(**fields: Any) -> dict[str, Any]:
    return resource("FlagSegment", {"match": [{"attribute": "user.country", "op": "is", "values": ["US"], **fields}]})


def audience(**fields: Any) -> dict[str, Any]:
    return resource("FlagSegment", fields)


def group(**spec: Any) -> dict[str, Any]:
    return resource("FlagGroup", spec)


def found(obj: Any) -> list[Found]:
    resource, diagnostics = validate(obj)
    errors = [one for one in diagnostics if one.severity == "error"]
    assert (resource is None) == bool(errors)
    return [_found(one) for one in diagnostics]


def warned(obj: Any) -> list[Found]:
    resource, diagnostics = validate(obj)
    assert resource is not None
    assert {one.severity for one in diagnostics} <= {"warning"}
    return [_found(one) for one in diagnostics]


def _found(one: Diagnostic) -> Found:
    return Found(one.path, one.reason, one.message)
