"""Record: a state as plain data in a status, from which the next operator takes it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.percent import percent_text, thousandths
from flagoperator.rollout.allocation import Share
from flagoperator.rollout.guards.guard_form import evidence_from, written_evidence
from flagoperator.rollout.moment import moment, seconds_of
from flagoperator.rollout.plan_form import plan_of, written_plan
from flagoperator.rollout.ratio_form import ratio_from, written_ratio
from flagoperator.rollout.run import Run
from flagoperator.rollout.state import Mode, State, Transition
from flagoperator.rollout.verb import Handled, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagoperator.rollout.allocation import Shares


def recorded(state: State) -> dict[str, Any]:
    """Return `state` as plain data, of which `restored` makes an equal one."""
    found: dict[str, Any] = {
        "allocations": _written_shares(state.shares),
        "phase": str(state.mode),
        "reason": state.reason,
    }
    if state.next_step_at is not None:
        found["nextStepAt"] = moment(state.next_step_at)
    if state.governed:
        found["governed"] = True
    if state.run is not None:
        found["run"] = _written_run(state.run)
    if state.handled:
        found["handled"] = [_written_handled(each) for each in state.handled]
    if state.history:
        found["history"] = [_written_transition(each) for each in state.history]
    return found


def restored(record: Mapping[str, Any]) -> State:
    """Return the state of which `record` was made. Raises KeyError, TypeError or ValueError where it was not."""
    run = record.get("run")
    return State(
        shares=_shares(record["allocations"]),
        mode=Mode(record["phase"]),
        reason=record["reason"],
        next_step_at=_time(record.get("nextStepAt")),
        run=None if run is None else _run(run),
        governed=record.get("governed", False),
        handled=tuple(_handled(each) for each in record.get("handled") or ()),
        history=tuple(_transition(each) for each in record.get("history") or ()),
    )


def _written_shares(shares: Shares) -> list[dict[str, str]]:
    return [
        {"name": each.name, "percent": percent_text(each.percent)}
        | ({"conditions": each.conditions} if each.conditions else {})
        for each in shares
    ]


def _shares(shares: Iterable[Mapping[str, str]]) -> Shares:
    return tuple(Share(each["name"], thousandths(each["percent"]), each.get("conditions", "")) for each in shares)


def _written_run(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": run.id,
        "digest": run.digest,
        "own": run.own,
        "plan": written_plan(run.plan),
        "from": _written_shares(run.start),
        "phase": run.phase,
        "step": run.step,
        "limit": percent_text(run.limit),
        "restarts": run.restarts,
        "heldBefore": int(run.held),
    }
    times = {"heldSince": run.held_since, "startedAt": run.began}
    found |= {name: moment(at) for name, at in times.items() if at is not None}
    if run.guards:
        found["guards"] = [written_evidence(each, run.plan.limit) for each in run.guards]
    if run.noted is not None:
        found["notedAt"] = moment(run.noted)
    if run.failed_guard:
        found["failedGuard"] = run.failed_guard
    if run.ratio.tallies or run.ratio.culprit is not None or run.ratio.restarts:
        found["ratio"] = written_ratio(run.ratio)
    if run.content:
        found["content"] = run.content
    if run.spent:
        found["spent"] = run.spent
    if run.admitted or run.counted:
        found |= {"admitted": run.admitted, "counted": run.counted}
    switches = {"approved": run.approved, "paused": run.paused, "extended": run.extended}
    switches |= {"uncontrolled": run.uncontrolled}
    return found | {name: True for name, on in switches.items() if on}


def _run(run: Mapping[str, Any]) -> Run:
    return Run(
        id=run["id"],
        digest=run["digest"],
        own=run["own"],
        plan=plan_of(run["plan"]),
        start=_shares(run["from"]),
        phase=run["phase"],
        step=run["step"],
        limit=thousandths(run["limit"]),
        restarts=run["restarts"],
        held=run["heldBefore"],
        held_since=_time(run.get("heldSince")),
        began=_time(run.get("startedAt")),
        approved=run.get("approved", False),
        paused=run.get("paused", False),
        extended=run.get("extended", False),
        uncontrolled=run.get("uncontrolled", False),
        guards=tuple(evidence_from(each) for each in run.get("guards") or ()),
        failed_guard=run.get("failedGuard", ""),
        noted=_time(run.get("notedAt")),
        admitted=run.get("admitted", 0),
        counted=run.get("counted", 0),
        ratio=ratio_from(run.get("ratio") or {}),
        spent=run.get("spent", 0),
        content=run.get("content", ""),
    )


def _written_handled(handled: Handled) -> dict[str, str]:
    return {"verb": str(handled.verb), "token": handled.token, "by": handled.by, "at": moment(handled.at)}


def _handled(handled: Mapping[str, str]) -> Handled:
    return Handled(Verb(handled["verb"]), handled["token"], handled["by"], seconds_of(handled["at"]))


def _written_transition(each: Transition) -> dict[str, str]:
    found = {"at": moment(each.at), "from": percent_text(each.before), "to": percent_text(each.after)}
    return found | {"reason": each.reason} | ({"by": each.by} if each.by else {})


def _transition(each: Mapping[str, str]) -> Transition:
    before, after = thousandths(each["from"]), thousandths(each["to"])
    return Transition(seconds_of(each["at"]), before, after, each["reason"], each.get("by", ""))


def _time(text: str | None) -> float | None:
    return None if text is None else seconds_of(text)
