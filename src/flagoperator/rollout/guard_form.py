"""The form of a guard in a manifest, and of what was measured in a status: read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.duration import duration, seconds
from flagoperator.rollout.guard import Evidence, Guard, Measurement, Reaction
from flagoperator.rollout.moment import moment, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = Guard("", "")
_FAILURE = "Failure"


def guard_of(spec: Mapping[str, Any]) -> Guard:
    """Return the guard that `spec`, which must be valid, describes."""
    return Guard(
        name=spec["name"],
        query=spec["prometheus"]["query"],
        most=_number(spec.get("max")),
        least=_number(spec.get("min")),
        interval=seconds(spec["interval"]) if "interval" in spec else _PLAIN.interval,
        failure_limit=spec.get("failureLimit", _PLAIN.failure_limit),
        error_limit=spec.get("consecutiveErrorLimit", _PLAIN.error_limit),
        no_data_fails=spec.get("onNoData") == _FAILURE,
        reaction=Reaction(spec.get("onFailure", _PLAIN.reaction)),
    )


def written_guard(guard: Guard) -> dict[str, Any]:
    """Return `guard` as plain data, of which `guard_of` makes an equal one."""
    bounds = {"max": guard.most, "min": guard.least}
    return {
        "name": guard.name,
        "prometheus": {"query": guard.query},
        **{name: repr(bound) for name, bound in bounds.items() if bound is not None},
        "interval": duration(guard.interval),
        "failureLimit": guard.failure_limit,
        "consecutiveErrorLimit": guard.error_limit,
        "onNoData": _FAILURE if guard.no_data_fails else "Inconclusive",
        "onFailure": str(guard.reaction),
    }


def written_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return `evidence` as plain data, of which `evidence_from` makes an equal one."""
    found: dict[str, Any] = {"name": evidence.name}
    counts = {"failures": evidence.failures, "errors": evidence.errors}
    found |= {name: count for name, count in counts.items() if count}
    if (last := evidence.last) is None:
        return found
    found["measuredAt"] = moment(last.at)
    if last.value is not None:
        return found | {"value": repr(last.value)}
    return found | {"trouble": last.trouble} | ({"noData": True} if last.is_empty else {})


def evidence_from(record: Mapping[str, Any]) -> Evidence:
    """Return the evidence of which `record` was made."""
    last = None
    if "measuredAt" in record:
        at, value = seconds_of(record["measuredAt"]), _number(record.get("value"))
        last = Measurement(at, value, record.get("trouble", ""), record.get("noData", False))
    return Evidence(record["name"], record.get("failures", 0), record.get("errors", 0), last)


def _number(text: str | float | None) -> float | None:
    return None if text is None else float(text)
