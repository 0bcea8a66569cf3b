"""Folder news: what became of the resources of a folder from one reading to the next."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagd.manifest import Severity
from flagd.manifest.changes.news import MOST_LINES, Reason, State, lines, news

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.manifest import Diagnostic, Resource, ResourceRef
    from flagd.manifest.changes.news import Line, News
    from flagd.sources.reading import Reading


def folder_news(before: Reading, after: Reading) -> list[Line]:
    """Return what to log of `after`, the reading that follows `before`. Of the first only what is broken is news."""
    found = _news(before, after)
    if before.manifests is None:
        found = (one for one in found if one.reason is Reason.BROKEN)
    return lines(found)


def other_findings(before: Reading, after: Reading) -> list[Diagnostic]:
    """Return what else is new: warnings, and errors about files that cannot be read; the first of them."""
    known = {_fault(each) for each in before.diagnostics}
    found = [each for each in after.diagnostics if each.severity is not Severity.ERROR or each.resource is None]
    return [each for each in found if _fault(each) not in known][:MOST_LINES]


def readable_again(before: Reading, after: Reading) -> list[str]:
    """Return the files that could not be read, or not in part, and can be now."""
    there = after.manifests.files if after.manifests else {}
    return sorted(name for name in _unreadable(before) - _unreadable(after) if name in there)


def broken_refs(diagnostics: tuple[Diagnostic, ...]) -> list[ResourceRef]:
    """Return the resources that errors keep out, or at their last good form, sorted."""
    return sorted({each.resource for each in diagnostics if each.severity is Severity.ERROR and each.resource})


@dataclass(frozen=True, slots=True)
class _Look:
    """One reading, by resource."""

    reading: Reading
    resources: Mapping[ResourceRef, Resource]
    errors: Mapping[ResourceRef, tuple[Diagnostic, ...]]

    @classmethod
    def at(cls, reading: Reading) -> _Look:
        errors: dict[ResourceRef, tuple[Diagnostic, ...]] = defaultdict(tuple)
        for each in reading.diagnostics:
            if each.severity is Severity.ERROR and each.resource is not None:
                errors[each.resource] += (each,)
        return cls(reading, reading.manifests.resources if reading.manifests else {}, dict(errors))

    def state(self, ref: ResourceRef) -> State:
        resource, compiled = self.resources.get(ref), self.reading.compiled.get(ref.namespace)
        users = len(compiled.used_by(resource)) if compiled is not None and resource is not None else 0
        return State(resource, self.errors.get(ref, ()), users=users)


def _news(before: Reading, after: Reading) -> Iterator[News]:
    old, new = _Look.at(before), _Look.at(after)
    refs = set(after.differing)
    refs |= {ref for ref in old.errors.keys() | new.errors.keys() if old.errors.get(ref) != new.errors.get(ref)}
    for ref in sorted(refs):
        yield from news(ref, old.state(ref), new.state(ref))


def _unreadable(reading: Reading) -> set[str]:
    found = (each for each in reading.diagnostics if each.severity is Severity.ERROR and each.resource is None)
    return {each.location.file for each in found if each.location is not None}


def _fault(diagnostic: Diagnostic) -> Diagnostic:
    """Return `diagnostic` wherever in its file it stands: lines move when others are edited."""
    location = diagnostic.location
    return replace(diagnostic, location=location and replace(location, document=1, line=1))
