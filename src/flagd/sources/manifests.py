"""Manifests: the resources of a folder, file by file, so that an edit costs what it changes and a bad one nothing.

What an edit breaks keeps its last good form: a resource that is refused, or all of a file or directory
that cannot be read. Only what is gone from a readable file, or whose file is gone, is gone; files that are gone
as by accident (`loss.py`), or suddenly empty, are held until they are back or somebody confirms that they are gone.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.manifest import Diagnostic, Loaded, Location, Severity, read_text
from flagd.manifest.reading.files import SourceFile
from flagd.sources.loss import identities, lost_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set
    from pathlib import Path

    from flagd.manifest import Resource, ResourceRef
    from flagd.sources.loss import Identity


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a reading is judged by, apart from the files.

    Attributes:
        directories: that the files lie in, or lay in before; none where nobody has looked.
        confirmed: whether somebody said that what is gone is meant to be.
    """

    directories: Mapping[str, Identity] = field(default_factory=dict)
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file as it was read last.

    Attributes:
        name: the path as the user knows it.
        digest: of its content.
        loaded: what is in it.
        resources: the same, with what an edit broke in its last good form.
        is_blank: whether it could be read and holds nothing but white space.
    """

    name: str
    digest: bytes
    loaded: Loaded
    resources: Mapping[ResourceRef, Resource]
    is_blank: bool


Source = SourceFile | ManifestFile
"""A file of a folder: as it was read now, or what was made of it before where it is as it was."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """Everything in a folder at one time.

    Attributes:
        files: by name.
        resources: what holds, by reference; none that two files declare, unless it held before they did.
        diagnostics: what is wrong with the files as they are now.
        held: what files declared that are gone or empty as by accident, by file; part of `resources`.
        directories: that the files lay in.
    """

    files: Mapping[str, ManifestFile] = field(default_factory=dict)
    resources: Mapping[ResourceRef, Resource] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    held: Mapping[str, Mapping[ResourceRef, Resource]] = field(default_factory=dict)
    directories: Mapping[str, Identity] = field(default_factory=dict)

    def holds(self, sources: Sequence[Source]) -> bool:
        """Whether `sources` are what this was parsed from."""
        return digests(self.files.values()) == digests(sources)

    @property
    def refused(self) -> Mapping[ResourceRef, str]:
        """The keys of the resources with errors, by reference; some have a last good form."""
        return {ref: key for file in self.files.values() for ref, key in file.loaded.refused.items()}

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return `diagnostic` with the file and line that its resource stands at."""
        files = (file.loaded for file in self.files.values() if diagnostic.resource in file.resources)
        return next(files, Loaded()).locate(diagnostic)


NOWHERE = Surroundings()


def digests(sources: Iterable[Source]) -> dict[str, bytes]:
    """Return the hash of what is in each of `sources`, by name."""
    return {source.name: source.digest for source in sources}


def look_around(folder: Path, sources: Sequence[Source], previous: Manifests | None) -> Mapping[str, Identity]:
    """Return the directories that the files lie in, or lay in before."""
    return identities(folder, {source.name for source in sources} | (previous.files.keys() if previous else set()))


def parse_manifests(sources: Sequence[Source], previous: Manifests, around: Surroundings = NOWHERE) -> Manifests:
    """Parse `sources`; `previous` is returned when nothing changed, and what did not change is not parsed again."""
    if previous.holds(sources) and not (around.confirmed and previous.held):
        same = previous.directories == around.directories
        return previous if same else replace(previous, directories=around.directories)
    files = {source.name: _file(source, previous) for source in sources}
    resources: dict[ResourceRef, Resource] = {}
    for file in files.values():
        resources.update(file.resources)
    rivals = _rivals(files) if len(resources) < sum(len(file.resources) for file in files.values()) else {}
    for ref in rivals:
        del resources[ref]
        if ref in previous.resources:
            resources[ref] = previous.resources[ref]
    empty = {source.name for source in sources if source.is_blank}
    declared = resources.keys() | rivals.keys() if rivals else resources.keys()
    held = {} if around.confirmed else _held(files, empty, previous, around.directories, declared)
    for lost in held.values():
        resources |= lost
    found = [finding for file in files.values() for finding in file.loaded.diagnostics]
    diagnostics = (*found, *_duplicates(rivals, files), *map(_told, held.items()))
    return Manifests(files, resources, diagnostics, held, around.directories)


def touched_refs(before: Manifests, after: Manifests) -> set[ResourceRef]:
    """Return the resources that the files that differ declare or declared, and all that are refused or held."""
    names = before.files.keys() | after.files.keys()
    pairs = ((before.files.get(name), after.files.get(name)) for name in names)
    touched = {ref for pair in pairs if pair[0] is not pair[1] for file in pair if file for ref in file.resources}
    return touched.union(*(group for one in (before, after) for group in (one.refused, *one.held.values())))


def _held(
    files: Mapping[str, ManifestFile],
    empty: Set[str],
    previous: Manifests,
    directories: Mapping[str, Identity],
    declared: Set[ResourceRef],
) -> dict[str, Mapping[ResourceRef, Resource]]:
    """Return what is held, by file: what was, but for files that are back, and what is lost now."""
    before = {name: file.resources for name, file in previous.files.items() if file.resources}
    lost = lost_files(before, files.keys(), (previous.directories, directories), declared) | (empty & before.keys())
    held = {name: refs for name, refs in previous.held.items() if name not in files or name in empty}
    held |= {name: before[name] for name in lost}
    left = {
        name: {ref: resource for ref, resource in refs.items() if ref not in declared} for name, refs in held.items()
    }
    return {name: refs for name, refs in left.items() if refs}


def _told(held: tuple[str, Mapping[ResourceRef, Resource]]) -> Diagnostic:
    name, refs = held
    what = "its resource is" if len(refs) == 1 else f"its {len(refs)} resources are"
    text = (
        f"is gone or empty, along with what lay next to it or as if by accident; {what} still served. "
        "If this was intended, send SIGHUP to flagd or restart it"
    )
    return Diagnostic(Severity.WARNING, "Held", text, location=Location(name))


def _file(source: Source, previous: Manifests) -> ManifestFile:
    if isinstance(source, ManifestFile):
        return source
    digest, before = source.digest, previous.files.get(source.name)
    if before and before.digest == digest:
        return before
    loaded = _load(source, before)
    if before is None and source.fault is not None:
        return ManifestFile(source.name, digest, loaded, _below(source.name, previous), is_blank=False)
    resources = {resource.ref: resource for resource in loaded.resources}
    if before:
        broken = {finding.resource for finding in loaded.diagnostics if finding.severity is Severity.ERROR}
        for ref, resource in before.resources.items():
            if ref not in resources and (ref in broken or None in broken):
                resources[ref] = resource
    return ManifestFile(source.name, digest, loaded, resources, source.is_blank)


def _below(name: str, previous: Manifests) -> Mapping[ResourceRef, Resource]:
    """Return what stood in files below `name`, a directory that cannot be read any more."""
    below = [file.resources for path, file in previous.files.items() if path.startswith(f"{name}{os.sep}")]
    return {ref: resource for resources in below for ref, resource in resources.items()}


def _load(source: SourceFile, before: ManifestFile | None) -> Loaded:
    if source.fault is None:
        return read_text(source.data, source.name, before.loaded if before else None)
    reason, message = source.fault
    return Loaded(diagnostics=(Diagnostic(Severity.ERROR, reason, message, location=Location(source.name)),))


def _rivals(files: Mapping[str, ManifestFile]) -> dict[ResourceRef, list[str]]:
    """Return the files that declare it, of each resource that several declare."""
    owners: dict[ResourceRef, list[str]] = defaultdict(list)
    for name, file in files.items():
        for ref in file.resources:
            owners[ref].append(name)
    return {ref: names for ref, names in owners.items() if len(names) > 1}


def _duplicates(rivals: Mapping[ResourceRef, Sequence[str]], files: Mapping[str, ManifestFile]) -> Iterable[Diagnostic]:
    for ref, names in rivals.items():
        for name in names:
            other = next(one for one in names if one != name)
            text = f"{ref} is also declared in {other}; keep one"
            finding = Diagnostic(Severity.ERROR, "DuplicateResource", text, resource=ref)
            yield files[name].loaded.locate(finding)
