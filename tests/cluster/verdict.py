"""Verdicts: what `flagctl lint` and an API server must say of the same objects, and what only lint can see."""

from __future__ import annotations

import itertools
import json
import urllib.error
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from tests.unit.flagd.manifest import wrong_ramps
from tests.unit.flagd.manifest.findings import MATCH, flag, group, resource, segment
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


NUMBERS: tuple[int | str, ...] = (
    *(0, 1, 99, 100, "100", "100.0", "100.000", "99.999", "05.5", "5.123", "-100.0", "0.000000001", "1" * 15),
    *("100.0000", "100.1", "101", "000", "1000", "5.1234", "12.3456", "1" * 16, "0.0000000001", "1.000000000001"),
    *("1e2", "+5", "--5", "-5-", "5 ", " 5", "50%", "5,5", "5\n", "\uff15", "NaN", "0x1", "1.2.3", "x" * 32),
    *("".join(letters) for size in range(4) for letters in itertools.product("05.-", repeat=size)),
)
"""Numbers, and texts that are nearly numbers: each with up to 32 letters."""
MOST_GUARDS = 8

_RISE = [{"percent": f"{99 + i / 1000:.3f}", "hold": "1s"} for i in range(19)] + [{"percent": "100.000"}]
_BOUND = "-123456789012345.123456789"
LONGEST = flag(
    segments=[{"name": f"s{i}", "match": MATCH, "rollout": {"percent": "99.999"}} for i in range(1_000)],
    ramp={
        "steps": _RISE,
        "phases": [{"segments": [f"s{i}"], "steps": _RISE} for i in range(20)],
        "guards": [wrong_ramps.guard(name=f"g{i}", max=_BOUND, min=_BOUND) for i in range(MOST_GUARDS)],
    },
)
"""A flag with as many numbers as there may be, each as long as it may be."""


def refusal(plane: ControlPlane, obj: dict[str, Any], method: str = "POST", options: str = "dryRun=All&") -> str | None:
    """Return what the API server says against `obj`; None if it takes it."""
    found = _refusal(plane, obj, method, options)
    return str(found["message"]) if found else None


def is_a(kind: Any, value: int | str) -> bool:
    """Return whether lint takes `value` for a `kind`, a type of a field."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def refused_percents(plane: ControlPlane) -> set[int | str]:
    """Return those of NUMBERS that the API server does not take for a percentage."""
    segments = [{"name": f"s{i}", "match": MATCH, "rollout": {"percent": each}} for i, each in enumerate(NUMBERS)]
    fields = _refused(plane, flag(segments=segments))
    return {each for i, each in enumerate(NUMBERS) if f"spec.segments[{i}].rollout.percent" in fields}


def refused_bounds(plane: ControlPlane) -> set[int | str]:
    """Return those of NUMBERS that the API server does not take for a bound of a guard."""
    found: set[int | str] = set()
    for start in range(0, len(NUMBERS), MOST_GUARDS):
        some = NUMBERS[start : start + MOST_GUARDS]
        guards = [wrong_ramps.guard(name=f"g{i}", max=each) for i, each in enumerate(some)]
        fields = _refused(plane, wrong_ramps.plan(guards=guards))
        found |= {each for i, each in enumerate(some) if f"spec.guards[{i}].max" in fields}
    return found


def _refused(plane: ControlPlane, obj: dict[str, Any]) -> set[str]:
    found = _refusal(plane, obj, "POST", "dryRun=All&")
    return {cause["field"] for cause in found["details"]["causes"]} if found else set()


def _refusal(plane: ControlPlane, obj: dict[str, Any], method: str, options: str) -> dict[str, Any] | None:
    name = f"/{obj['metadata']['name']}" if method == "PUT" else ""
    path = f"/apis/flagoperator.dev/v1alpha1/namespaces/default/{obj['kind'].lower()}s{name}"
    try:
        plane.request(f"{path}?{options}fieldValidation=Strict", method, obj)
    except urllib.error.HTTPError as error:
        return dict(json.load(error))
    return None
