"""Results: one JSON file per part under benchmarks/results, and the table made of them."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

from benchmarks.environment import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.figure import Figure

RESULTS = ROOT / "benchmarks" / "results"
HEAD = ("figure", "measured", "spread", "against", "goal")
FRONT = ("figure", "measured", "against")


def document(part: str, command: str, figures: Sequence[Figure], before: dict[str, object]) -> dict[str, Any]:
    """What a part measured today, with the command that did, and the machine as it was before."""
    return {
        "part": part,
        "command": command,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": before,
        "figures": [figure.as_dict() for figure in figures],
    }


def write(document: dict[str, Any]) -> Path:
    """Keep what a part measured."""
    path = RESULTS / f"{document['part']}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return path


def read(parts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What was measured last, by part, in the order given; parts without a result are missing."""
    paths = {part: RESULTS / f"{part}.json" for part in parts}
    return {part: json.loads(path.read_text()) for part, path in paths.items() if path.exists()}


def row(figure: dict[str, Any]) -> tuple[str, ...]:
    """Cells of the table."""
    unit = figure["unit"]
    goal = "" if "goal" not in figure else f"{figure['goal']} {'met' if figure['met'] else 'MISSED'}"
    return (
        figure["name"],
        f"{number(figure['value'])} {unit}",
        f"{number(figure['low'])} to {number(figure['high'])}",
        figure.get("base", ""),
        goal,
    )


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}"


def table(documents: Mapping[str, dict[str, Any]]) -> str:
    """All figures as a Markdown table."""
    return _table([HEAD, *(row(figure) for document in documents.values() for figure in document["figures"])])


def front(documents: Mapping[str, dict[str, Any]], chosen: Sequence[tuple[str, str]]) -> str:
    """The figures of the first page as a Markdown table: `chosen` by name, and by what their base begins with."""
    figures = [one for document in documents.values() for one in document["figures"]]
    found = [
        one
        for name, base in chosen
        for one in figures
        if one["name"] == name and one.get("base", "").startswith(base) and bool(base) is ("base" in one)
    ]
    return _table([FRONT, *((one[0], one[1], one[3]) for one in map(row, found))])


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    lines = [_line(cells, widths) for cells in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
