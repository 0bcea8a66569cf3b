"""Markup: text of manifests in Markdown, of which none is markup."""

from __future__ import annotations

from flagctl.printable import printable

_SPECIAL = "\\|<*_`["


def cell(text: str) -> str:
    """Return `text` for a table or a line of GitHub's Markdown."""
    return "".join(f"\\{each}" if each in _SPECIAL else each for each in printable(text))
