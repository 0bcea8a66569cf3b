"""Reading: files and text to resources; whatever is wrong with one part, the rest loads."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from flagd.manifest.diagnostic import Diagnostic, Location, ResourceRef, Severity
from flagd.manifest.envelope import is_foreign, items_of, key_of, ref_of
from flagd.manifest.finding import Finding, warning
from flagd.manifest.reading.bulk import check_bulk
from flagd.manifest.reading.document import documents
from flagd.manifest.reading.encoding import decode
from flagd.manifest.reading.files import read_files
from flagd.manifest.reading.layout import spelling_of
from flagd.manifest.reading.loaded import Loaded, Origin
from flagd.manifest.reading.scalar import resolve
from flagd.manifest.validation.examination import diagnostic, examine
from flagd.manifest.validation.null import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from flagd.manifest.path import FieldPath
    from flagd.manifest.reading.content import Content
    from flagd.manifest.reading.files import SourceFile
    from flagd.manifest.reading.loaded import KnownDocument
    from flagd.manifest.resource import Resource

_VALUES = {"payload", "offPayload"}
_FRACTION = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?")


def load(paths: Sequence[str | Path]) -> Loaded:
    """Read manifests from files, directories (in depth: ``*.yaml``, ``*.yml``, ``*.json``, hidden ones not) and ``-``.

    Never raises for what it finds there: a file that cannot be read is a diagnostic. The result does
    not depend on the order in which a file system lists names.
    """
    return load_files(read_files(paths))


def load_files(files: Iterable[SourceFile]) -> Loaded:
    """Read manifests from `files`; never raises for what they hold."""
    reader = _Reader()
    for file in files:
        if file.fault is not None:
            reason, message = file.fault
            reader.note(Diagnostic(Severity.ERROR, reason, message, location=Location(file.name)))
        else:
            reader.read(file.data, file.name)
    return reader.loaded()


def read_text(text: str | bytes, file: str = "-", before: Loaded | None = None) -> Loaded:
    """Read manifests from `text`; `file` names it in diagnostics.

    What documents hold that stood in the same words in `before` is taken from there: they are the same objects.
    """
    reader = _Reader(before.known if before else {})
    reader.read(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text, file)
    return reader.loaded()


_NOTHING: Mapping[str, KnownDocument] = {}


class _Reader:
    def __init__(self, known: Mapping[str, KnownDocument] = _NOTHING) -> None:
        self._known = known
        self._resources: dict[ResourceRef, Resource | None] = {}
        self._keys: dict[ResourceRef, str] = {}
        self._origins: dict[ResourceRef, Origin] = {}
        self._diagnostics: list[Diagnostic] = []
        self._skipped = 0

    def loaded(self) -> Loaded:
        resources = tuple(resource for resource in self._resources.values() if resource is not None)
        refused = {ref: key for ref, key in self._keys.items() if self._resources[ref] is None}
        return Loaded(resources, tuple(self._diagnostics), self._skipped, refused, self._origins)

    def note(self, found: Diagnostic) -> None:
        self._diagnostics.append(found)

    def read(self, data: bytes, file: str) -> None:
        text = decode(data)
        if isinstance(text, Finding):
            self._report([text], None, Origin(file, 1, 1, ""))
            return
        for document in documents(text):
            origin = Origin(file, document.index, document.first_line, document.text)
            known = self._known.get(document.text)
            if known is None:
                self._document(document.content, origin)
            else:
                self._diagnostics += known.told_at(origin)
                self._take(known.resource.ref, origin, known.resource.key, known.resource)

    def _document(self, content: Content, origin: Origin) -> None:
        if content.data is None:
            self._report(content.findings, None, origin)
            return
        items = items_of(content.data)
        if items is None:
            self._object(content.data, content, origin)
            return
        for index, item in enumerate(items):
            self._object(item, content, replace(origin, root=("items", index)))

    def _object(self, obj: object, content: Content, origin: Origin) -> None:
        if is_foreign(obj):
            self._skipped += 1
            return
        ref = ref_of(obj)
        inside = _inside(content.findings, origin.root)
        resource, findings = examine(obj, lambda path: spelling_of(origin.text, (*origin.root, *path)))
        told = {finding.path for finding in inside}
        findings = [*inside, *(one for one in findings if one.path not in told)]
        if resource is not None:
            findings += check_bulk(cast("dict[str, Any]", obj))
        told = {finding.path for finding in findings}
        findings += (one for one in _spelled(content, origin.root, _holds_floats(obj)) if one.path not in told)
        self._report(findings, ref, origin)
        if ref is not None:
            self._take(ref, origin, key_of(obj, ref), None if inside else resource)

    def _take(self, ref: ResourceRef, origin: Origin, key: str, resource: Resource | None) -> None:
        if not self._is_second(ref, origin):
            self._origins[ref], self._keys[ref], self._resources[ref] = origin, key, resource

    def _is_second(self, ref: ResourceRef, origin: Origin) -> bool:
        first = self._origins.get(ref)
        if first is None:
            return False
        here, there = origin.location(), first.location()
        self._resources[ref] = None
        self.note(_duplicate(ref, here, there))
        self.note(_duplicate(ref, there, here))
        return True

    def _report(self, findings: Sequence[Finding], ref: ResourceRef | None, origin: Origin) -> None:
        located = [(origin.location(finding.path, finding.line), finding) for finding in findings]
        for location, finding in sorted(located, key=lambda pair: pair[0].line):
            self.note(diagnostic(finding, ref).at(location))


def _duplicate(ref: ResourceRef, here: Location, there: Location) -> Diagnostic:
    text = f"{ref} is also declared at {there}; keep one"
    return Diagnostic(Severity.ERROR, "DuplicateResource", text, resource=ref, location=here)


def _holds_floats(obj: object) -> bool:
    spec = obj.get("spec") if isinstance(obj, dict) else None
    return isinstance(spec, dict) and spec.get("valueType") == "Float"


def _spelled(content: Content, root: FieldPath, floats: bool) -> Iterator[Finding]:
    """Yield a warning for scalars whose spelling may have been meant otherwise than YAML reads it."""
    for whole, written in content.spelled.items():
        path = whole[len(root) :]
        if whole[: len(root)] != root or path[:1] != ("spec",):
            continue
        if floats and path[-1] in _VALUES and _FRACTION.fullmatch(written):
            continue  # 0.0 is how a float is written, and what it stays on every wire
        value = resolve(written)
        if type(value) is int:
            text = f'`{written}` is read as {value}; write {value}, or "{written}" if you mean a string'
            yield warning(path, "UnusualNumber", text)
        elif _takes_any(path):
            text = f'`{written}` is read as {str(value).lower()}; quote it if you mean a string: "{written}"'
            yield warning(path, "UnquotedBoolean", text)


def _takes_any(path: FieldPath) -> bool:
    return path[1] == "metadata" or any(part in PAYLOADS for part in path)


def _inside(findings: Sequence[Finding], root: FieldPath) -> list[Finding]:
    return [
        replace(finding, path=finding.path[len(root) :])
        for finding in findings
        if finding.path[: len(root)] == root or not finding.path
    ]
