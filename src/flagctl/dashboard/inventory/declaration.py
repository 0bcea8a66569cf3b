"""Declaration: what one file says of one resource, and what several say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagctl.dashboard.inventory.item import Item, item_from
from flagd.manifest import Severity
from flagd.manifest.reading import load_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.manifest import Diagnostic, Resource, ResourceRef
    from flagd.manifest.reading.files import SourceFile


@dataclass(frozen=True, slots=True)
class Declaration:
    """One resource in one file.

    Attributes:
        item: the resource, with what is wrong with it alone.
        place: file and line.
    """

    item: Item
    place: str


@dataclass(frozen=True, slots=True)
class DeclaringFile:
    """One file as it was read last.

    Attributes:
        digest: of its content.
        declarations: its resources, those with errors included.
        faults: what is wrong with parts of it that name no resource.
    """

    digest: int
    declarations: Mapping[ResourceRef, Declaration] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def digest_of(source: SourceFile) -> int:
    """Return a digest of the content of `source`, comparable within this process."""
    return hash((source.data, source.fault))


def declaring_file(source: SourceFile) -> tuple[DeclaringFile, Sequence[Resource]]:
    """Return what `source` declares, and the typed form of what has no errors of its own."""
    loaded = load_files([source])
    errors = [each for each in loaded.diagnostics if each.severity is Severity.ERROR]
    items = [item_from(each) for each in loaded.resources]
    items += [
        _broken(ref, key, told(each for each in errors if each.resource == ref)) for ref, key in loaded.refused.items()
    ]
    declarations = {each.ref: Declaration(each, str(loaded.origins[each.ref].location())) for each in items}
    faults = tuple(str(each) for each in errors if each.resource is None)
    return DeclaringFile(digest_of(source), declarations, faults), loaded.resources


def together(declarations: Iterable[Declaration]) -> Item | None:
    """Return the resource that `declarations` of one name make: a broken one where there are several."""
    found = sorted(declarations, key=lambda each: each.place)
    if len(found) < 2:
        return found[0].item if found else None
    ref, faults = found[0].item.ref, [fault for each in found for fault in each.item.faults]
    faults += [f"{ref} is also declared at {each.place}; keep one" for each in found]
    return _broken(ref, found[0].item.key, tuple(dict.fromkeys(faults)))


def told(errors: Iterable[Diagnostic]) -> tuple[str, ...]:
    """Return what `errors` of one resource say, each with its field."""
    return tuple(f"{each.path}: {each.message}" if each.path else each.message for each in errors)


def _broken(ref: ResourceRef, key: str, faults: tuple[str, ...]) -> Item:
    raw = {"kind": ref.kind, "metadata": {"name": ref.name, "namespace": ref.namespace}}
    return Item(ref, key, raw, faults=faults or ("has errors",))
