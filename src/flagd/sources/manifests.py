"""Manifests: the resources of a folder, file by file, so that an edit costs one file and a bad one nothing.

What an edit breaks keeps its last good form: a resource that is refused, or all of a file or directory
that cannot be read. Only what is gone from a readable file, or whose file is gone, is gone.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.manifest import Diagnostic, Loaded, Location, Severity, read_text
from flagd.manifest.files import read_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from flagd.manifest import Resource, ResourceRef
    from flagd.manifest.files import SourceFile


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file as it was read last.

    Attributes:
        digest: of its content.
        loaded: what is in it.
        resources: the same, with what an edit broke in its last good form.
    """

    digest: bytes
    loaded: Loaded
    resources: Mapping[ResourceRef, Resource]


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything in a folder at one time.

    Attributes:
        files: by name.
        resources: what holds, by reference; none that two files declare, unless it held before they did.
        diagnostics: what is wrong with the files as they are now.
    """

    files: Mapping[str, ManifestFile] = field(default_factory=dict)
    resources: Mapping[ResourceRef, Resource] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def holds(self, sources: Sequence[SourceFile]) -> bool:
        """Whether `sources` are what this was parsed from."""
        digests = {name: file.digest for name, file in self.files.items()}
        return digests == {source.name: _digest(source) for source in sources}

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return `diagnostic` with the file and line that its resource stands at."""
        files = (file.loaded for file in self.files.values() if diagnostic.resource in file.resources)
        return next(files, Loaded()).locate(diagnostic)


def read_folder(folder: Path) -> list[SourceFile]:
    """Read the bytes of every manifest file in `folder`. Raises OSError when it cannot be read, or has too many."""
    next(folder.iterdir(), None)
    sources = list(read_files([folder]))
    for source in sources:
        if source.fault is not None and source.cut_off:
            raise OSError(f"{source.name}: {source.fault[1]}")
    return sources


def parse_manifests(sources: Sequence[SourceFile], previous: Manifests) -> Manifests:
    """Parse `sources`; `previous` is returned when nothing changed, and what did not change is not parsed again."""
    if previous.holds(sources):
        return previous
    files = {source.name: _file(source, previous) for source in sources}
    owners: dict[ResourceRef, list[str]] = defaultdict(list)
    for name, file in files.items():
        for ref in file.resources:
            owners[ref].append(name)
    resources = {}
    for ref, names in owners.items():
        held = files[names[0]].resources[ref] if len(names) == 1 else previous.resources.get(ref)
        if held is not None:
            resources[ref] = held
    found = [finding for file in files.values() for finding in file.loaded.diagnostics]
    return Manifests(files, resources, (*found, *_duplicates(owners, files)))


def _file(source: SourceFile, previous: Manifests) -> ManifestFile:
    digest, before = _digest(source), previous.files.get(source.name)
    if before and before.digest == digest:
        return before
    loaded = _load(source)
    if before is None and source.fault is not None:
        return ManifestFile(digest, loaded, _below(source.name, previous))
    resources = {resource.ref: resource for resource in loaded.resources}
    if before:
        broken = {finding.resource for finding in loaded.diagnostics if finding.severity is Severity.ERROR}
        for ref, resource in before.resources.items():
            if ref not in resources and (ref in broken or None in broken):
                resources[ref] = resource
    return ManifestFile(digest, loaded, resources)


def _below(name: str, previous: Manifests) -> Mapping[ResourceRef, Resource]:
    """Return what stood in files below `name`, a directory that cannot be read any more."""
    below = [file.resources for path, file in previous.files.items() if path.startswith(f"{name}{os.sep}")]
    return {ref: resource for resources in below for ref, resource in resources.items()}


def _digest(source: SourceFile) -> bytes:
    return hashlib.blake2b(source.data + repr(source.fault).encode(), digest_size=16).digest()


def _load(source: SourceFile) -> Loaded:
    if source.fault is None:
        return read_text(source.data, source.name)
    reason, message = source.fault
    return Loaded(diagnostics=(Diagnostic(Severity.ERROR, reason, message, location=Location(source.name)),))


def _duplicates(owners: Mapping[ResourceRef, Sequence[str]], files: Mapping[str, ManifestFile]) -> Iterable[Diagnostic]:
    for ref, names in owners.items():
        for name in names if len(names) > 1 else ():
            other = next(one for one in names if one != name)
            text = f"{ref} is also declared in {other}; keep one"
            finding = Diagnostic(Severity.ERROR, "DuplicateResource", text, resource=ref)
            yield files[name].loaded.locate(finding)
