"""The form of a guard in a manifest, and of what was measured in a status: read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.duration import duration, seconds
from flagoperator.evidence.counts import Counts
from flagoperator.evidence.e_process import EProcess
from flagoperator.rollout.guards.comparison import Compared, Comparison
from flagoperator.rollout.guards.guard import Evidence, Guard, Measurement, Reaction
from flagoperator.rollout.moment import moment, seconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = Guard("", "")
_FAILURE = "Failure"


def guard_of(spec: Mapping[str, Any]) -> Guard:
    """Return the guard that `spec`, which must be valid, describes."""
    return Guard(
        name=spec["name"],
        query=spec.get("prometheus", {}).get("query", ""),
        most=_number(spec.get("max")),
        least=_number(spec.get("min")),
        interval=seconds(spec["interval"]) if "interval" in spec else _PLAIN.interval,
        failure_limit=spec.get("failureLimit", _PLAIN.failure_limit),
        error_limit=spec.get("consecutiveErrorLimit", _PLAIN.error_limit),
        no_data_fails=spec.get("onNoData") == _FAILURE,
        reaction=Reaction(spec.get("onFailure", _PLAIN.reaction)),
        comparison=_comparison(spec["compare"]) if "compare" in spec else None,
    )


def written_guard(guard: Guard) -> dict[str, Any]:
    """Return `guard` as plain data, of which `guard_of` makes an equal one."""
    return {
        "name": guard.name,
        **(_written_bounds(guard) if guard.comparison is None else {"compare": _written_comparison(guard.comparison)}),
        "interval": duration(guard.interval),
        "consecutiveErrorLimit": guard.error_limit,
        "onFailure": str(guard.reaction),
    }


def _written_bounds(guard: Guard) -> dict[str, Any]:
    bounds = {"max": guard.most, "min": guard.least}
    return {
        "prometheus": {"query": guard.query},
        **{name: repr(bound) for name, bound in bounds.items() if bound is not None},
        "failureLimit": guard.failure_limit,
        "onNoData": _FAILURE if guard.no_data_fails else "Inconclusive",
    }


def _comparison(spec: Mapping[str, Any]) -> Comparison:
    plain = Comparison("", "")
    margin, least = spec.get("margin", plain.margin), spec.get("minAttempts", plain.min_attempts)
    queries = {name: _counted(event) for name, event in spec.get("events", {}).items()} or spec
    return Comparison(queries["failures"], queries["attempts"], float(margin), least)


def _counted(event: str) -> str:
    """Return the selector of what Python clients count of `event`."""
    return f'flagd_client_events_total{{event="{event}",flag="{{{{flag}}}}"}}'


def _written_comparison(comparison: Comparison) -> dict[str, Any]:
    queries = {"failures": comparison.failures, "attempts": comparison.attempts}
    return {**queries, "margin": repr(comparison.margin), "minAttempts": comparison.min_attempts}


def written_evidence(evidence: Evidence, limit: float) -> dict[str, Any]:
    """Return `evidence` as plain data, of which `evidence_from` makes an equal one.

    `limit` is that of E before its price; it is told to people.
    """
    found: dict[str, Any] = {"name": evidence.name}
    counts = {"failures": evidence.failures, "errors": evidence.errors}
    found |= {name: count for name, count in counts.items() if count}
    if evidence.compared is not None:
        found["compared"] = _written_compared(evidence.compared, limit)
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
    compared = _compared(record["compared"]) if "compared" in record else None
    return Evidence(record["name"], record.get("failures", 0), record.get("errors", 0), last, compared)


def _written_compared(compared: Compared, limit: float) -> dict[str, Any]:
    counts = compared.counts
    return {
        "limit": f"{limit * compared.price:g}",
        "margin": repr(compared.process.margin),
        "logs": [repr(each) for each in compared.process.logs],
        "treated": {"attempts": repr(counts.treated), "failures": repr(counts.treated_failures)},
        "control": {"attempts": repr(counts.control), "failures": repr(counts.control_failures)},
        **({} if compared.until is None else {"until": repr(compared.until)}),
        **({"restarts": compared.restarts} if compared.restarts else {}),
    }


def _compared(record: Mapping[str, Any]) -> Compared:
    process = EProcess(float(record["margin"]), tuple(float(each) for each in record["logs"]))
    arms = (record["treated"], record["control"])
    counts = Counts(*(float(arm[name]) for arm in arms for name in ("attempts", "failures")))
    return Compared(process, counts, _number(record.get("until")), record.get("restarts", 0))


def _number(text: str | float | None) -> float | None:
    return None if text is None else float(text)
