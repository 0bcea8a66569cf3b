"""Report: an impact as people, pull requests and scripts read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.comparison.markup import cell, code
from flagctl.impact.impact import Basis
from flagctl.impact.move import NONE, Move, Turn
from flagctl.impact.sample import margin
from flagctl.impact.share import percent
from flagctl.output import indented
from flagctl.printable import printable
from flagctl.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagctl.impact.impact import Impact
    from flagctl.impact.result import Result

_ASK = "only --population tells whom it moves: "
_NOTHING = "no flag answers otherwise"
_COUNTED = {Turn.JOINS: "join", Turn.LEAVES: "leave", Turn.CHANGES: "change variant", Turn.REWRITTEN: "get a new value"}


def text(result: Result) -> str:
    """Return a line and a table for each flag, and the limits that are broken."""
    if not result.impacts:
        return _NOTHING
    lines = [result.about]
    for impact in result.impacts:
        lines.append(f"{printable(impact.title)}: {printable(_headline(result, impact))}")
        rows = _rows(result, impact)
        if rows and not impact.is_quiet:
            lines += [f"  {line}" for line in table(_header(result), rows).splitlines()]
        lines += [f"  {_ASK}{printable(note)}" for note in _left_out(result, impact)]
    return "\n".join([*lines, *_failures(result)])


def markdown(result: Result) -> str:
    """Return tables for a comment on a pull request."""
    if not result.impacts:
        return f"**{_NOTHING}**"
    lines = [f"**Impact:** {result.about}"]
    lines += ["", *(f"- ❌ {cell(failure)}" for failure in result.failures)] if result.failures else []
    for impact in result.impacts:
        lines += ["", f"**{code(impact.title)}**: {cell(_headline(result, impact))}"]
        lines += ["", *_markdown_table(result, impact)] if not impact.is_quiet and impact.moves else []
        lines += ["", *(f"- {_ASK}{cell(note)}" for note in _left_out(result, impact))]
    return "\n".join(lines).rstrip()


def as_json(result: Result) -> str:
    """Return ``{"basis", "users", "flags": [...], "failures": [...]}``."""
    report = {
        "basis": result.basis.value,
        "users": result.users,
        "flags": [_plain(result, impact) for impact in result.impacts],
        "failures": list(result.failures),
    }
    return indented(report)


def _headline(result: Result, impact: Impact) -> str:
    if impact.failed:
        return f"not counted: {impact.failed}"
    if impact.is_quiet:
        return "within its segments nobody moves" if _left_out(result, impact) else "nobody moves"
    if result.basis is not Basis.POPULATION:
        turns = [_COUNTED[turn] for turn in _COUNTED if impact.count(turn)]
        return f"users {', '.join(turns)}"
    parts = [_counted(impact, turn) for turn in _COUNTED if turn is not Turn.REWRITTEN or impact.count(turn)]
    return ", ".join(parts)


def _counted(impact: Impact, turn: Turn) -> str:
    count = impact.count(turn)
    share = f" ({percent(count, impact.totals[''])})" if count else ""
    return f"{count:,} {_COUNTED[turn]}{share}"


def _header(result: Result) -> tuple[str, ...]:
    counted = () if result.basis is Basis.BUCKETS else ("USERS",)
    share = "SHARE" if result.basis is Basis.POPULATION else "OF THE SEGMENT"
    return ("SEGMENT", "BEFORE", "AFTER", *counted, share, "")


def _rows(result: Result, impact: Impact) -> list[tuple[str, ...]]:
    return [_row(result, impact, move) for move in _sorted(impact.moves)]


def _row(result: Result, impact: Impact, move: Move) -> tuple[str, ...]:
    counted = () if result.basis is Basis.BUCKETS else (f"{impact.moves[move]:,}",)
    turn = "" if move.turn is Turn.STAYS else move.turn.value
    return (move.segment, _variant(move.before), _variant(move.after), *counted, result.share(impact, move), turn)


def _sorted(moves: Iterable[Move]) -> list[Move]:
    order = list(Turn)
    return sorted(moves, key=lambda move: (move.segment, order.index(move.turn), move.before, move.after))


def _variant(key: str) -> str:
    return "(none)" if key == NONE else key


def _left_out(result: Result, impact: Impact) -> tuple[str, ...]:
    """Return what only a population shows."""
    return () if result.basis is Basis.POPULATION else impact.notes


def _failures(result: Result) -> list[str]:
    return [f"FAILED {printable(failure)}" for failure in result.failures]


def _markdown_table(result: Result, impact: Impact) -> list[str]:
    header = [name.lower() for name in _header(result)]
    lines = [header, ["---"] * len(header), *(map(cell, row) for row in _rows(result, impact))]
    return [f"| {' | '.join(line)} |" for line in lines]


def _plain(result: Result, impact: Impact) -> dict[str, Any]:
    counts = {
        "joins": impact.count(Turn.JOINS),
        "leaves": impact.count(Turn.LEAVES),
        "changes": impact.count(Turn.CHANGES),
        "valueChanges": impact.count(Turn.REWRITTEN),
        "stays": impact.count(Turn.STAYS),
    }
    return {
        "namespace": impact.project,
        "flag": impact.flag,
        **(counts if result.basis is Basis.POPULATION else {}),
        "moves": [_plain_move(result, impact, move) for move in _sorted(impact.moves)],
        "leftOut": list(_left_out(result, impact)),
        "error": impact.failed,
    }


def _plain_move(result: Result, impact: Impact, move: Move) -> dict[str, Any]:
    count, total = impact.moves[move], impact.total(move)
    return {
        "segment": move.segment,
        "before": move.before or None,
        "after": move.after or None,
        "turn": move.turn.name.lower(),
        **({} if result.basis is Basis.BUCKETS else {"users": count}),
        "share": count / total if total else 0.0,
        **({"margin": margin(count, total)} if result.basis is Basis.SAMPLE else {}),
    }
