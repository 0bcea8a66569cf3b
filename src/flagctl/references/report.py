"""Report: the places where code names flags, and flags that none names, for people and tools."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from flagctl.files.sarif import sarif_place, sarif_run
from flagctl.output import indented
from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.references.reference import CodeReference
    from flagd.manifest import Location


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A flag that no code names.

    Attributes:
        project: its namespace.
        flag: its key.
        location: where its manifest stands; None where it came from a cluster.
    """

    project: str
    flag: str
    location: Location | None

    @property
    def title(self) -> str:
        """What people call it, with the place of its manifest."""
        return f"{self.project}/{self.flag}{f' ({self.location})' if self.location else ''}"


def text(found: Sequence[CodeReference], unnamed: Sequence[Unnamed]) -> str:
    """Return a line for each place and each flag without one."""
    lines = [f"{click.style(printable(each.place), bold=True)}: {printable(each.key)}" for each in found]
    return "\n".join([*lines, *(f"no code names {printable(each.title)}" for each in unnamed)])


def as_json(found: Sequence[CodeReference], unnamed: Sequence[Unnamed]) -> str:
    """Return ``{"references": [...], "unnamed": [...]}``."""
    places = [asdict(each) for each in found]
    flags = [
        {
            "project": each.project,
            "flag": each.flag,
            "file": each.location.file if each.location else None,
            "line": each.location.line if each.location else None,
        }
        for each in unnamed
    ]
    return indented({"references": places, "unnamed": flags})


def sarif(found: Sequence[CodeReference], unnamed: Sequence[Unnamed]) -> str:
    """Return a note for each place, and a warning at the manifest of each flag without one."""
    notes = [
        {
            "ruleId": "FlagReference",
            "level": "note",
            "message": {"text": f"names the flag {each.key}"},
            "locations": [sarif_place(each.file, each.line, each.column)],
        }
        for each in found
    ]
    warnings = [
        {
            "ruleId": "FlagNotNamed",
            "level": "warning",
            "message": {"text": f"no code names {each.project}/{each.flag}"},
            "locations": [sarif_place(each.location.file, each.location.line)] if each.location else [],
        }
        for each in unnamed
    ]
    return sarif_run("flagctl refs", [*notes, *warnings])
