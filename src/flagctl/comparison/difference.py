"""Difference: what differs in one resource between two sides, and what it does to users."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flagctl.comparison.effect import effects
from flagctl.comparison.felt import felt, users_of
from flagctl.comparison.pairing import pairs, renamed_namespace
from flagctl.comparison.wording import newcomer, words
from flagd.manifest.changes.change import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.comparison.pairing import Pair
    from flagctl.comparison.side import Side
    from flagd.manifest import Resource, ResourceRef


class Act(StrEnum):
    """What became of a resource."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    FAULTY = "not compared"


@dataclass(frozen=True, slots=True)
class Difference:
    """One resource that differs.

    Attributes:
        ref: its name.
        title: what people call it.
        act: what became of it.
        changes: what changed, each as a phrase.
        effects: what this does to users, each as a sentence.
        felt_by: titles of the flags that answer otherwise because of it, besides itself.
    """

    ref: ResourceRef
    title: str
    act: Act
    changes: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    felt_by: tuple[str, ...] = ()


def differences(left: Side, right: Side, *, across: bool = True) -> list[Difference]:
    """Return what differs from `left` to `right`, by namespace, kind and name.

    `across`: where each side has one namespace, and these differ, they are compared with each other.
    """
    renamed = renamed_namespace(left, right) if across else None
    following = _Following(left, right, renamed)
    return [found for pair in pairs(left, right, renamed) for found in _difference(pair, following)]


def _difference(pair: Pair, following: _Following) -> Iterator[Difference]:
    if pair.faulty:
        where = " and ".join(pair.faulty)
        text = f"it has errors in {where}, which flagctl lint shows"
        yield Difference(pair.ref, pair.title, Act.FAULTY, (text,))
    elif pair.before is None:
        said = tuple(filter(None, [newcomer(pair.after)] if pair.after else ()))
        yield Difference(pair.ref, pair.title, Act.ADDED, said, felt_by=following.felt_by(pair))
    elif pair.after is None:
        fallback: tuple[str, ...] = ("callers use their own default",) if pair.ref.kind == "Flag" else ()
        yield Difference(pair.ref, pair.title, Act.REMOVED, (), fallback, following.felt_by(pair))
    else:
        changed = changes(pair.before, pair.after)
        if changed:
            done = tuple(effects(pair.before, pair.after, changed))
            yield Difference(
                pair.ref, pair.title, Act.CHANGED, tuple(map(words, changed)), done, following.felt_by(pair)
            )


class _Following:
    """Follows what changed to the flags that feel it."""

    def __init__(self, left: Side, right: Side, renamed: tuple[str, str] | None) -> None:
        self._sides = (left, right)
        self._renamed = renamed
        self._resources = tuple({each.ref: each for each in side.manifests.resources} for side in self._sides)
        self._felt: dict[str, frozenset[str]] = {}

    def felt_by(self, pair: Pair) -> tuple[str, ...]:
        users = self._users(0, pair.before) | self._users(1, pair.after)
        own = {each.key for each in (pair.before, pair.after) if each is not None and pair.ref.kind == "Flag"}
        return tuple(f"{pair.ref.namespace}/{key}" for key in sorted((users - own) & self._felt_in(pair.ref.namespace)))

    def _users(self, side: int, resource: Resource | None) -> set[str]:
        if resource is None:
            return set()
        project = self._sides[side].manifests.projects[resource.ref.namespace]
        return users_of(resource, project, self._resources[side])

    def _felt_in(self, namespace: str) -> frozenset[str]:
        if namespace not in self._felt:
            left, right = (side.manifests.projects for side in self._sides)
            before = self._renamed[0] if self._renamed else namespace
            self._felt[namespace] = frozenset(felt(left.get(before), right.get(namespace)))
        return self._felt[namespace]
