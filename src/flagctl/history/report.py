"""Report: entries as people and scripts read them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flagctl.comparison.report import as_entry, line
from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.history.entry import Entry

_DIGITS = 8


def text(entry: Entry) -> str:
    """Return a line that says who and when, and one for each resource below it."""
    return "\n".join(_lines(entry))


def as_json(entry: Entry) -> str:
    """Return one object on one line: the commit, and its ``differences`` as those of `flagctl diff`."""
    fields = {
        **asdict(entry.commit),
        "differences": [as_entry(each) for each in entry.differences],
        "unreadable": entry.unreadable,
    }
    return json.dumps(fields, ensure_ascii=False)


def _lines(entry: Entry) -> Iterator[str]:
    commit = entry.commit
    when = commit.time[:16].replace("T", " ")
    yield printable(f"{when}  {commit.author}  {commit.subject}") + click.style(f"  {commit.id[:_DIGITS]}", dim=True)
    yield from (f"  {line(each)}" for each in entry.differences)
    yield from (f"  {printable(each)}" for each in entry.unreadable)
