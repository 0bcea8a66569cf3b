"""Diagnostic: one thing that is wrong with a manifest, said so that its author can fix it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is. An error keeps the resource out; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class ResourceRef(NamedTuple):
    """Names one resource. A tuple, since most of what is looked up is looked up by it.

    Attributes:
        kind: such as ``Flag``.
        namespace: the project.
        name: ``metadata.name``.
    """

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the input a resource or a field stands.

    Attributes:
        file: path as it was given; ``-`` is standard input.
        document: position of the YAML document in the file, from 1.
        line: line in the file, from 1.
    """

    file: str
    document: int = 1
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        severity: error or warning.
        reason: CamelCase word, stable, the ``reason`` of the condition it becomes
            (``UnknownField``, ``ReferenceMissing``, ``CycleDetected`` …).
        message: one line: what was found and what would be right.
        path: the field, as ``spec.segments[0].rollout.percent``; empty = the whole resource.
        resource: whose it is; None where the input could not be read that far.
        location: where it stands; None for resources that came from a cluster.
        concerns: the resource that is referred to, where it is that one which is missing or broken.
    """

    severity: Severity
    reason: str
    message: str
    path: str = ""
    resource: ResourceRef | None = None
    location: Location | None = None
    concerns: ResourceRef | None = None

    def at(self, location: Location | None) -> Diagnostic:
        """Return the same finding at `location`."""
        return replace(self, location=location)

    def __str__(self) -> str:
        place = [str(part) for part in (self.location, self.resource, self.path) if part]
        return f"{': '.join([*place, self.severity.value])}: {self.message} [{self.reason}]"
