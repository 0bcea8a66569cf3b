"""`flagctl log`: who changed what of flags, and when, from the history of Git."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused, Unreachable
from flagctl.files.git import SHALLOW, boundary, top_of
from flagctl.files.manifests import check_there
from flagctl.history import report
from flagctl.history.commit import commits
from flagctl.history.entry import entry_of
from flagctl.output import output_option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.history.entry import Entry

_REPORTS = {"text": report.text, "json": report.as_json}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _since(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return the moment that a date, a time or a duration until now means."""
    from flagd.manifest.parts.duration import seconds

    if value is None:
        return None
    try:
        if _DATE.match(value):
            found = datetime.fromisoformat(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
        return (datetime.now(UTC) - timedelta(seconds=seconds(value))).isoformat()
    except ValueError:
        raise click.BadParameter(f'"{value}" is neither a date such as 2026-12-31 nor a duration such as 30d') from None


@click.command("log")
@click.argument("path", default=".", type=click.Path())
@click.option("--since", callback=_since, metavar="WHEN", help="Only what is newer: a date, or a duration such as 30d.")
@click.option("--flag", "flags", multiple=True, metavar="KEY", help="Only changes of this flag; repeat it.")
@output_option(_REPORTS, "Output format; json is a line each.")
def command(path: str, since: str | None, flags: tuple[str, ...], output: str) -> None:
    """Say who changed what, and when, from the Git history of the manifests in PATH, the newest first.

    Each commit is described as by flagctl diff. What a merge took from one of its parents is described
    at the commits that it merged.

    \b
    Examples:
      flagctl log flags/
      flagctl log flags/ --flag new-checkout --since 30d
    """
    found = False
    for entry in _entries(path, since, flags):
        found = True
        click.echo(_REPORTS[output](entry))
    if not found:
        click.echo("nothing changed", err=True)


def _entries(path: str, since: str | None, flags: tuple[str, ...]) -> Iterator[Entry]:
    check_there(path)
    here = Path(path).resolve()
    root = top_of(here if here.is_dir() else here.parent)
    if root is None:
        raise Unreachable(f'"{path}" is not in a Git repository')
    inside = str(here.relative_to(root.resolve()))
    inside = "" if inside == "." else inside
    found = commits(root, inside, since)
    if found is None:
        raise Refused(f"the repository {root} has no commits")
    if boundary(root):
        click.echo(SHALLOW, err=True)
    for commit in found:
        entry = entry_of(root, commit, inside, flags)
        if entry is not None:
            yield entry
