"""Side: one of the two states that are compared, read from files, from Git, from standard input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.failure import Refused
from flagctl.files.manifests import STDIN, check_there, compiled_from
from flagctl.files.report import text_report
from flagctl.files.revision import is_revision, load_revision
from flagctl.progress import progress
from flagd.manifest import Severity, load

if TYPE_CHECKING:
    from collections.abc import Collection

    from flagctl.files.manifests import Manifests
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
        Unreachable: there is no such file.
        Refused: there is no such revision, or a file that cannot be read as YAML.
    """
    with progress(f"reading {argument}"):
        if argument != STDIN and is_revision(argument):
            return side_of(argument, load_revision(argument))
        check_there(argument)
        return side_of("standard input" if argument == STDIN else argument, load([argument]))


def side_of(name: str, loaded: Loaded) -> Side:
    """Return `loaded`, compiled, as the side called `name`. Raises Refused where a part of it names no resource."""
    nameless = [each for each in loaded.diagnostics if each.severity is Severity.ERROR and each.resource is None]
    if nameless:
        raise Refused(f"{name} cannot be compared:\n{text_report(nameless).rstrip()}")
    return Side(name, compiled_from(loaded), loaded.refused)
