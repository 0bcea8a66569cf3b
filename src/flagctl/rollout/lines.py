"""Lines: a rollout as a tree of text: where it stands, its ladder, its guards, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.printable import printable
from flagctl.rollout.guard_line import BAD, GOOD, SILENT, guard_lines
from flagctl.rollout.passage import passages
from flagctl.rollout.ratio_line import ratio_lines
from flagctl.rollout.rung import DONE, NEXT, NOW, phase_title, rungs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagctl.rollout.guard_line import GuardLine
    from flagctl.rollout.rung import Rung
    from flagctl.rollout.view import View

_MOST_HISTORY = 5
_RUNGS = {DONE: "✔", NOW: "●", NEXT: "○"}
_GUARDS = {GOOD: "✔", BAD: "✖", SILENT: "○"}


def tree(view: View) -> list[str]:
    """Return the lines for `view`."""
    told = view.rollout
    lines = [f"flag/{view.name}  {view.phase}  {printable(str(told.get('reason', '')))}".rstrip()]
    if told.get("message"):
        lines.append(f"  {printable(str(told['message']))}")
    parts = {
        "allocations": _allocations(view),
        phase_title(told) or "steps": _ladder(view),
        "guards": [_guard(each) for each in guard_lines(told)],
        "users seen": [printable(each) for each in ratio_lines(told)],
        "history": [printable(str(each)) for each in passages(told)[-_MOST_HISTORY:]],
    }
    for title, rows in parts.items():
        lines += _part(title, rows)
    return [*lines, f"  token: {printable(view.token)}"] if view.token else lines


def _part(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"  {title}"
        yield from (f"  {'└─' if row is rows[-1] else '├─'} {row}" for row in rows)


def _allocations(view: View) -> list[str]:
    began = view.began
    return [
        f"{name}: {percent} %" + (f" (from {began[name]} %)" if name in began else "")
        for name, percent in view.allocations
    ]


def _ladder(view: View) -> list[str]:
    return [_rung(each, view) for each in rungs_of(view.rollout)]


def _rung(rung: Rung, view: View) -> str:
    now = f"  ← {view.rollout.get('reason', '')}" if rung.state == NOW else ""
    return printable(f"{_RUNGS[rung.state]} {rung.percent} %  {', '.join(rung.wants)}".rstrip() + now)


def _guard(guard: GuardLine) -> str:
    failing = f"{guard.failures} failed in a row" if guard.failures else ""
    more = ", ".join(filter(None, (guard.bounds, failing, guard.reaction)))
    return printable(f"{_GUARDS[guard.state]} {guard.name}: {guard.value} ({more})")
