"""Lines: a rollout as a tree of text: where it stands, its ladder, its guards, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.printable import printable
from flagctl.rollout.evidence_line import evidence_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.rollout.view import View

_MOST_HISTORY = 5


def tree(view: View) -> list[str]:
    """Return the lines for `view`."""
    told = view.rollout
    lines = [f"flag/{view.name}  {view.phase}  {printable(str(told.get('reason', '')))}".rstrip()]
    if told.get("message"):
        lines.append(f"  {printable(str(told['message']))}")
    parts = [("allocations", _allocations(view)), *_of_run(told.get("run") or {}, view), ("history", _history(told))]
    for title, rows in parts:
        lines += _part(title, rows)
    return [*lines, f"  token: {printable(view.token)}"] if view.token else lines


def _part(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"  {title}"
        yield from (f"  {'└─' if row is rows[-1] else '├─'} {row}" for row in rows)


def _allocations(view: View) -> list[str]:
    started = {each.get("name"): each.get("percent") for each in (view.rollout.get("run") or {}).get("from") or ()}
    return [
        f"{name}: {percent} %" + (f" (from {printable(str(started[name]))} %)" if name in started else "")
        for name, percent in view.allocations
    ]


def _of_run(run: Mapping[str, Any], view: View) -> list[tuple[str, list[str]]]:
    if not run:
        return []
    phases = (run.get("plan") or {}).get("phases") or [{}]
    phase = int(run.get("phase", 0))
    steps = (phases[phase].get("steps") if phase < len(phases) else None) or (run.get("plan") or {}).get("steps") or []
    taken = int(run.get("step", 0))
    ladder = [_step(each, index, taken, view) for index, each in enumerate(steps, 1)]
    title = f"phase {phase + 1} of {len(phases)}" if len(phases) > 1 else "steps"
    return [(title, ladder), ("guards", _guards(run))]


def _step(step: Mapping[str, Any], index: int, taken: int, view: View) -> str:
    mark = "✔" if index < taken else "●" if index == taken else "○"
    wants = [str(step[name]) for name in ("hold",) if name in step]
    wants += ["approval"] if step.get("approval") else []
    wants += [f"{step['minEvaluations']} answers"] if step.get("minEvaluations") else []
    now = f"  ← {view.rollout.get('reason', '')}" if index == taken and view.phase != "RolledBack" else ""
    return printable(f"{mark} {step.get('percent')} %  {', '.join(wants)}".rstrip() + now)


def _guards(run: Mapping[str, Any]) -> list[str]:
    known = {each.get("name"): each for each in run.get("guards") or ()}
    return [_guard(each, known.get(each.get("name"), {})) for each in (run.get("plan") or {}).get("guards") or ()]


def _guard(guard: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    if "compare" in guard:
        mark = "✖" if told.get("failures") else "○" if told.get("trouble") or "value" not in told else "✔"
        return printable(f"{mark} {guard.get('name')}: {evidence_line(told)} ({guard.get('onFailure')})")
    bounds = ", ".join(f"{name} {guard[name]}" for name in ("max", "min") if name in guard)
    value = told.get("value", told.get("trouble", "not measured yet"))
    failing = f", {told['failures']} failed in a row" if told.get("failures") else ""
    mark = "✖" if told.get("failures") else "✔" if "value" in told else "○"
    return printable(f"{mark} {guard.get('name')}: {value} ({bounds}{failing}, {guard.get('onFailure')})")


def _history(told: Mapping[str, Any]) -> list[str]:
    return [printable(_transition(each)) for each in (told.get("history") or [])[-_MOST_HISTORY:]]


def _transition(told: Mapping[str, Any]) -> str:
    by = f" by {told['by']}" if told.get("by") else ""
    return f"{told.get('at')}  {told.get('from')}→{told.get('to')} %  {told.get('reason')}{by}"
