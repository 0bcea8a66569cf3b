"""Felt: which flags may answer otherwise, wherever the change was made: in them, a segment, a cohort, another flag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.ruleset.flag import named_cohorts, needs_every_cohort
from flagd.value_type import same_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from flagd.compiler import Compiled
    from flagd.manifest import Resource, ResourceRef
    from flagd.ruleset import Cohort, EvaluationFlag

Cohorts = dict[str, "Cohort"]
_NOTHING: Mapping[str, EvaluationFlag] = {}


def felt(before: Compiled | None, after: Compiled | None) -> list[str]:
    """Return the keys of the flags whose answers may differ, sorted; groups, which nobody asks for, left out."""
    old, new = (_NOTHING if side is None else side.ruleset.flags for side in (before, after))
    cohorts = ({} if before is None else before.cohorts, {} if after is None else after.cohorts)
    changed = {key for key in {*old, *new} if _differs(old.get(key), new.get(key), *cohorts)}
    users: dict[str, set[str]] = {}
    for flags in (old, new):
        for key, flag in flags.items():
            for parent in flag.get("dependencies", ()):
                users.setdefault(parent, set()).add(key)
    reached = _closure(changed, users)
    return sorted(key for key in reached if any(_is_asked_for(flags.get(key)) for flags in (old, new)))


def users_of(resource: Resource, project: Compiled, by_ref: Mapping[ResourceRef, Resource]) -> set[str]:
    """Return the keys of all that refers to `resource`, directly or through others; flags and groups share keys."""
    users: set[ResourceRef] = set()
    waiting = [resource]
    while waiting:
        for ref in project.used_by(waiting.pop()):
            if ref not in users and ref in by_ref:
                users.add(ref)
                waiting.append(by_ref[ref])
    return {by_ref[ref].key for ref in users if ref.kind == "Flag"}


def _closure(changed: Collection[str], users: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(changed), list(changed)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in reached:
                reached.add(user)
                waiting.append(user)
    return reached


def _differs(before: EvaluationFlag | None, after: EvaluationFlag | None, old: Cohorts, new: Cohorts) -> bool:
    if before is None or after is None:
        return True
    if before["segments"] != after["segments"] or not same_value(before["variants"], after["variants"]):
        return True
    return any(old.get(name) != new.get(name) for name in _cohorts(after, old, new))


def _cohorts(flag: EvaluationFlag, old: Cohorts, new: Cohorts) -> Iterator[str]:
    yield from {*old, *new} if needs_every_cohort(flag) else named_cohorts(flag)


def _is_asked_for(flag: EvaluationFlag | None) -> bool:
    return flag is not None and bool(flag.get("metadata", {}).get("deployed", True))
