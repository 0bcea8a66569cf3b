"""Loaded: what a set of files held, and where each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Location, ResourceRef
from flagd.manifest.path import FieldPath, parse_path
from flagd.manifest.reading.layout import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return `diagnostic` with file, document and line, where its resource was read here."""
        origin = self.origins.get(diagnostic.resource) if diagnostic.resource else None
        if origin is None or diagnostic.location is not None:
            return diagnostic
        return replace(diagnostic, location=origin.location(parse_path(diagnostic.path)))
