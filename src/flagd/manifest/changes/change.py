"""Change: one thing that differs between two forms of a resource, as data without words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.percent import thousandths
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagd.manifest.resource import Resource

REFERENCES = frozenset({"deployments", "segmentRefs", "variants"})
"""Lists of names of which each one that came or went is a change."""

_WHOLE = frozenset({"testers", "offTesters", "include", "exclude", "metadata", "payload", "offPayload"})
"""Mappings that are compared as one value."""
_OPTIONAL = frozenset({"ramp"})
"""Mappings that come and go as a whole: their defaults hold only where they are."""
_IDENTITY = {"segments": "name", "variants": "key", "flags": "key", "memberOf": "group", "slots": "name"}


class Act(StrEnum):
    """What became of it."""

    SET = "set"
    ADDED = "added"
    REMOVED = "removed"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        steps: the way to it from ``spec``: names of fields, and ``[name]`` for an entry of a list.
        act: what became of it.
        before: its value; None where it was not there. For a list of names, the name that went.
        after: likewise.
    """

    steps: tuple[str, ...]
    act: Act
    before: Any = None
    after: Any = None

    @property
    def field(self) -> str:
        """The name of the innermost field."""
        return next(step for step in reversed(self.steps) if not step.startswith("["))

    @property
    def path(self) -> str:
        """The steps as one text: ``segments[Canada].rollout.percent``."""
        return "".join(step if step.startswith("[") else f".{step}" for step in self.steps).removeprefix(".")


def changes(before: Resource, after: Resource) -> tuple[Change, ...]:
    """Return what differs between two forms of one resource. Fields that are absent count as their defaults."""
    return tuple(_fields((), _spec(before), _spec(after)))


def _spec(resource: Resource) -> dict[str, Any]:
    return resource.spec.model_dump(by_alias=True)


def _fields(steps: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in {**before, **after}:
        yield from _field((*steps, name), name, before.get(name), after.get(name))


def _field(steps: tuple[str, ...], name: str, before: Any, after: Any) -> Iterator[Change]:  # noqa: ANN401
    if _same(name, before, after):
        return
    if name in _IDENTITY and _entries(before) and _entries(after):
        yield from _list(steps, _IDENTITY[name], before or [], after or [])
    elif name in REFERENCES:
        yield from _names(steps, before or [], after or [])
    elif name in _OPTIONAL and (before is None or after is None):
        yield Change(steps, Act.ADDED if before is None else Act.REMOVED, before, after)
    elif isinstance(before or after, dict) and name not in _WHOLE:
        yield from _fields(steps, before or {}, after or {})
    else:
        yield Change(steps, Act.SET, before, after)


def _same(name: str, before: Any, after: Any) -> bool:  # noqa: ANN401
    if name == "percent" and before is not None and after is not None:
        return thousandths(before) == thousandths(after)
    return same_value(before, after)


def _entries(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def _list(
    steps: tuple[str, ...], identity: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    old = {entry[identity]: entry for entry in before}
    new = {entry[identity]: entry for entry in after}
    if len(old) != len(before) or len(new) != len(after):  # two of one name cannot be distinguished
        yield Change(steps, Act.SET, before, after)
        return
    yield from (Change((*steps, f"[{name}]"), Act.REMOVED, before=old[name]) for name in old if name not in new)
    yield from (Change((*steps, f"[{name}]"), Act.ADDED, after=new[name]) for name in new if name not in old)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Change(steps, Act.REORDERED, list(old), list(new))
    for name, entry in new.items():
        if name in old:
            yield from _fields((*steps, f"[{name}]"), old[name], entry)


def _names(steps: tuple[str, ...], before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    yield from (Change(steps, Act.REMOVED, before=name) for name in before if name not in after)
    yield from (Change(steps, Act.ADDED, after=name) for name in after if name not in before)
    if sorted(before) == sorted(after):
        yield Change(steps, Act.REORDERED, before, after)
