"""Short ways to write the resources that the compiler's tests compile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.compiler import Compiled, compile_project
from flagd.manifest.kinds import KINDS, Flag, FlagCohort, FlagDeployment, FlagGroup, FlagSegment
from flagd.ruleset.metadata.private import amplitude_form

if TYPE_CHECKING:
    from flagd.manifest.resource import Resource

ON_PRO = {"attribute": "user.properties.plan", "op": "is", "values": ["pro"]}
IN_US = {"attribute": "user.country", "op": "is", "values": ["US"]}


def resource(kind: str, name: str, spec: dict[str, Any], metadata: dict[str, Any] | None = None) -> Any:
    return KINDS[kind].model.model_validate(
        {"kind": kind, "metadata": {"name": name, **(metadata or {})}, "spec": spec}
    )


def flag(name: str, meta: dict[str, Any] | None = None, **spec: Any) -> Flag:
    """An active flag with the one variant "on" for everybody, unless `spec` says otherwise."""
    base = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 100}}
    return resource("Flag", name, base | spec, meta)


def needing(name: str, *parents: str, **spec: Any) -> Flag:
    """A flag that needs all of `parents` to be on."""
    flags = [{"key": parent, "variants": ["on"]} for parent in parents]
    return flag(name, **({"prerequisites": {"flags": flags}} if parents else {}), **spec)


def targeted(name: str, *conditions: dict[str, Any], refs: tuple[str, ...] = (), **spec: Any) -> Flag:
    """A flag with one segment, called "some", for everybody who matches."""
    segment: dict[str, Any] = {"name": "some", "segmentRefs": list(refs), "rollout": {"percent": 100}}
    if conditions:
        segment["match"] = list(conditions)
    return flag(name, segments=[segment], allOtherUsers={"percent": 0}, **spec)


def segment(name: str, *conditions: dict[str, Any], refs: tuple[str, ...] = (), **spec: Any) -> FlagSegment:
    base: dict[str, Any] = {"segmentRefs": list(refs)}
    if conditions:
        base["match"] = list(conditions)
    return resource("FlagSegment", name, base | spec)


def cohort(name: str, unit: str = "User", members: tuple[str, ...] = ()) -> FlagCohort:
    return resource("FlagCohort", name, {"unit": unit, "members": list(members)})


def deployment(name: str) -> FlagDeployment:
    return resource("FlagDeployment", name, {"type": "Client"})


def mutex(name: str, **slots: int) -> FlagGroup:
    shares = [{"name": slot.replace("_", "-"), "percent": percent} for slot, percent in slots.items()]
    return resource("FlagGroup", name, {"type": "MutualExclusion", "slots": shares})


def holdout(name: str, percent: int = 10, **spec: Any) -> FlagGroup:
    return resource("FlagGroup", name, {"type": "Holdout", "holdout": {"percent": percent, **spec}})


def compiled(*resources: Resource, previous: Compiled | None = None) -> Compiled:
    return compile_project(resources, previous=previous)


def only(result: Compiled, key: str) -> Any:
    """The published flag `key`."""
    return result.ruleset.flags[key]


def segments(result: Compiled, key: str) -> list[Any]:
    return amplitude_form(only(result, key))["segments"]


def names(result: Compiled, key: str) -> list[str]:
    """The names of the segments of flag `key`, in order."""
    return [each["metadata"]["segmentName"] for each in segments(result, key)]


def findings(result: Compiled) -> list[tuple[str, str, str]]:
    """Resource name, path and reason of every diagnostic."""
    return [(each.resource.name, each.path, each.reason) for each in result.diagnostics]
