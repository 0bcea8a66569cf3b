"""Rules for groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.rules.bucketing import check_bucketing
from flagd.manifest.rules.repetition import repeated
from flagd.manifest.rules.testers import check_testers
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.kinds.group import FlagGroupSpec, Slot

RESERVED_SLOTS = frozenset({"off", "unallocated"})
"""Variants that the compiled group has besides its slots."""


def check_group(spec: FlagGroupSpec) -> Iterator[Finding]:
    """Yield what is wrong with a group."""
    wanted, unwanted = ("slots", "holdout") if spec.type == "MutualExclusion" else ("holdout", "slots")
    if getattr(spec, wanted) is None:
        yield Finding(("spec", wanted), "MissingField", f"`{wanted}` is missing: a group of type {spec.type} needs it")
    if getattr(spec, unwanted) is not None:
        yield Finding(("spec", unwanted), "UnwantedField", f"has no place in a group of type {spec.type}; leave it out")
    yield from check_bucketing(spec.bucketing, ("spec", "bucketing"))
    if spec.slots is not None:
        yield from _slots(spec.slots)
    if spec.holdout is not None:
        yield from check_testers(spec.holdout.include, ("spec", "holdout", "include"))
        yield from check_testers(spec.holdout.exclude, ("spec", "holdout", "exclude"))


def _slots(slots: list[Slot]) -> Iterator[Finding]:
    path = ("spec", "slots")
    yield from repeated([slot.name for slot in slots], path, "name")
    for index, slot in enumerate(slots):
        if slot.name.lower() in RESERVED_SLOTS:
            text = f"{shown(slot.name)} is reserved for users in no slot; choose another name, such as slot-{index + 1}"
            yield Finding((*path, index, "name"), "ReservedName", text)
    total = sum(slot.percent for slot in slots)
    if total != 100:
        yield Finding(path, "NotAHundred", f"the slots sum to {total} percent; they must sum to 100")
