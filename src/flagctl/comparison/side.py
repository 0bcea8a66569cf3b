"""Side: one of the two states that are compared, read from files, from Git, from standard input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flagctl.failure import Unreachable
from flagctl.files.manifests import NO_SUPPLIES, STDIN, check_there, compiled_from
from flagctl.files.report import text_report
from flagctl.files.revision import is_revision, load_revision
from flagctl.progress import progress
from flagctl.standard_input import read_standard_input
from flagd.manifest import Severity, load
from flagd.manifest.reading import load_files
from flagd.manifest.reading.files import MAX_BYTES, SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flagctl.files.manifests import Manifests
    from flagd.id_list.id_list import Supply
    from flagd.manifest import Loaded, ResourceRef


@dataclass(frozen=True, slots=True)
class Side:
    """One state.

    Attributes:
        name: as the command line names it.
        manifests: what it holds, compiled.
        refused: resources that are there, and have errors of their own.
    """

    name: str
    manifests: Manifests
    refused: Collection[ResourceRef] = ()

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces of what it holds."""
        return frozenset(ref.namespace for ref in (*(each.ref for each in self.manifests.resources), *self.refused))


def read_side(argument: str) -> Side:
    """Read what `argument` names: a file or folder, ``REVISION:PATH`` of Git, or ``-`` for standard input.

    Raises:
        Unreachable: there is no such file or revision, a file cannot be read as YAML, or a pipe is empty.
    """
    with progress(f"reading {argument}"):
        if argument == STDIN or Path(argument).is_fifo():
            name = "standard input" if argument == STDIN else argument
            return side_of(name, load_files([_piped(argument, name)]))
        if is_revision(argument):
            return side_of(argument, load_revision(argument))
        check_there(argument)
        return side_of(argument, load([argument]))


def _piped(argument: str, name: str) -> SourceFile:
    if argument == STDIN:
        data = read_standard_input(MAX_BYTES + 1)
    else:
        with Path(argument).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    if not data.strip():  # a program that fails says nothing, which does not mean that all flags are gone
        raise Unreachable(
            f"{name} is empty: did the command that writes it fail? To compare with nothing, name an empty folder"
        )
    return SourceFile(argument, data)


def side_of(name: str, loaded: Loaded, supplies: Mapping[ResourceRef, Supply] = NO_SUPPLIES) -> Side:
    """Return `loaded`, compiled with the lists in `supplies`, as the side called `name`.

    Raises Unreachable where a part of it names no resource.
    """
    nameless = [each for each in loaded.diagnostics if each.severity is Severity.ERROR and each.resource is None]
    if nameless:
        raise Unreachable(f"{name} cannot be compared:\n{text_report(nameless).rstrip()}")
    return Side(name, compiled_from(loaded, supplies), loaded.refused)
