"""Dial: a number of a flag that Explain can turn, to see what if: percentages and weights."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.inventory.item import item_of
from flagd.manifest import Severity, validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.dashboard.inventory.item import Item, Raw

REST = "All Other Users"
_LONGEST_NUMBER = 12
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)


class DialError(ValueError):
    """What was typed is not a number that the flag takes. The message says which."""


@dataclass(frozen=True, slots=True)
class Dial:
    """One number.

    Attributes:
        name: of the form's field.
        label: for people.
        value: as it stands in the form, text.
        now: as it stands in the flag, text.
        most: the largest that the slider reaches.
    """

    name: str
    label: str
    value: str
    now: str
    most: int

    @property
    def turned(self) -> bool:
        """Whether it differs from the flag."""
        return self.value != self.now


@dataclass(frozen=True, slots=True)
class DialGroup:
    """The numbers of one allocation: its percentage, and the weights of its variants.

    Attributes:
        name: of the segment, or All Other Users.
        percent: how many of it get something.
        weights: which of the variants they get.
    """

    name: str
    percent: Dial
    weights: tuple[Dial, ...]


def dials_of(item: Item, form: Mapping[str, str]) -> tuple[DialGroup, ...]:
    """Return the dials of the flag `item`, set as `form` says; as they stand where it says nothing."""
    variants = [str(each.get("key")) for each in item.spec.get("variants") or ()]
    return tuple(
        DialGroup(name, _percent(field, rollout, reached, form), tuple(_weights(field, rollout, variants, form)))
        for field, name, rollout, reached in _allocations(item)
    )


def turned(item: Item, groups: Sequence[DialGroup]) -> Item:
    """Return `item` with its numbers as `groups` set them.

    Raises:
        DialError: a number is not one that a flag takes.
    """
    raw = copy.deepcopy(item.raw)
    spec = raw["spec"]
    for (field, _, _, _), group in zip(_allocations(item), groups, strict=True):
        target = _target(spec, field)
        target["percent"] = _number(group.percent)
        if any(dial.turned for dial in group.weights):
            variants = [str(each["key"]) for each in spec["variants"]]
            target["weights"] = {key: _whole(dial) for key, dial in zip(variants, group.weights, strict=True)}
    _, findings = validate({name: raw.get(name) for name in ("apiVersion", "kind", "metadata", "spec")})
    wrong = [each for each in findings if each.severity is Severity.ERROR]
    if wrong:
        raise DialError(f"{wrong[0].path}: {wrong[0].message}")
    return replace(item_of(item.ref.kind, raw), faults=item.faults)


def _target(spec: Raw, field: str) -> Raw:
    """Return the rollout of `spec` that a field of the form is about; put an empty one there where it has none."""
    owner, name = (spec, "allOtherUsers") if field == "rest" else (spec["segments"][int(field)], "rollout")
    found: Raw = owner.setdefault(name, {})
    return found


def _allocations(item: Item) -> list[tuple[str, str, Mapping[str, Any], str]]:
    """Return field, name, rollout and present percentage of each allocation."""
    effective = (item.status.get("effective") or {}).get("allocations") or ()
    reached = {str(each.get("name")): str(each.get("percent")) for each in effective} if _ramps(item) else {}
    found = [
        (str(index), str(each.get("name")), each.get("rollout") or {})
        for index, each in enumerate(item.spec.get("segments") or ())
    ]
    found.append(("rest", REST, item.spec.get("allOtherUsers") or {"percent": 0}))
    return [(field, name, rollout, reached.get(name, str(rollout.get("percent", 0)))) for field, name, rollout in found]


def _ramps(item: Item) -> bool:
    return bool(item.status.get("rollout"))


def _percent(field: str, rollout: Mapping[str, Any], reached: str, form: Mapping[str, str]) -> Dial:
    del rollout
    name = f"percent-{field}"
    return Dial(name, "percent", _typed(form.get(name), reached), reached, 100)


def _weights(
    field: str, rollout: Mapping[str, Any], variants: Sequence[str], form: Mapping[str, str]
) -> Iterator[Dial]:
    if len(variants) < 2:
        return
    weights = rollout.get("weights")
    for index, variant in enumerate(variants):
        name, now = f"weight-{field}-{index}", str(1 if weights is None else weights.get(variant, 0))
        yield Dial(name, variant, _typed(form.get(name), now), now, max(10, 2 * int(now)))


def _typed(text: str | None, now: str) -> str:
    return now if text is None or not text.strip() else text.strip()[:_LONGEST_NUMBER]


def _number(dial: Dial) -> int | str:
    if not _NUMBER.fullmatch(dial.value):
        raise DialError(f'"{dial.value}" is not a percentage; write 0 to 100 in steps of 0.001')
    whole, _, fraction = dial.value.partition(".")
    return dial.value if fraction else int(whole)


def _whole(dial: Dial) -> int:
    if not dial.value.isascii() or not dial.value.isdigit():
        raise DialError(f'"{dial.value}" is not a weight; write a whole number')
    return int(dial.value)
