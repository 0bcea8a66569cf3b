"""Table: rows in columns, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return `header` and `rows` in columns as wide as their widest cell."""
    lines = [header, *([printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
