"""Loaded: what a set of files held, and where each part of it stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Location, ResourceRef
from flagd.manifest.path import FieldPath, parse_path
from flagd.manifest.reading.layout import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest.resource import Resource


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one resource came from.

    Attributes:
        file: as the user knows it.
        document: position in the file, from 1.
        first_line: line of the file on which the document begins, from 1.
        text: the document.
        root: path of the resource in the document; empty unless it is an item of a List.
    """

    file: str
    document: int
    first_line: int
    text: str
    root: FieldPath = ()

    def location(self, path: FieldPath = (), line: int | None = None) -> Location:
        """Return where `path` of the resource stands, or `line` of the document (from 0)."""
        if line is None:
            line = line_of(self.text, (*self.root, *path))
        return Location(self.file, self.document, self.first_line + line)


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """What was made of one document.

    Attributes:
        resource: that it holds.
        diagnostics: what was found in it.
        first_line: where it began then.
    """

    resource: Resource
    diagnostics: Sequence[Diagnostic]
    first_line: int

    def told_at(self, origin: Origin) -> list[Diagnostic]:
        """Return the diagnostics where the document stands now."""
        moved = origin.first_line - self.first_line
        return [
            each.at(each.location and Location(origin.file, origin.document, each.location.line + moved))
            for each in self.diagnostics
        ]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Resources without errors, and all that was found.

    Attributes:
        resources: in the order of the files.
        diagnostics: errors and warnings, located.
        skipped: documents of other API groups, such as a Deployment, that were passed over.
        refused: the key that others refer to it by, of each resource with errors.
    """

    resources: tuple[Resource, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    skipped: int = 0
    refused: Mapping[ResourceRef, str] = field(default_factory=dict, repr=False)
    origins: Mapping[ResourceRef, Origin] = field(default_factory=dict, repr=False)

    @property
    def known(self) -> dict[str, KnownDocument]:
        """The documents that hold one resource without errors, by their text."""
        told: dict[ResourceRef | None, list[Diagnostic]] = defaultdict(list)
        for finding in self.diagnostics:
            told[finding.resource].append(finding)
        known = {}
        for resource in self.resources:
            ref = resource.ref
            origin = self.origins[ref]
            if not origin.root:
                known[origin.text] = KnownDocument(resource, told.get(ref, ()), origin.first_line)
        return known

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return `diagnostic` with file, document and line, where its resource was read here."""
        origin = self.origins.get(diagnostic.resource) if diagnostic.resource else None
        if origin is None or diagnostic.location is not None:
            return diagnostic
        return replace(diagnostic, location=origin.location(parse_path(diagnostic.path)))
