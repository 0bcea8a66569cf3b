"""Effect: what the changes of a flag or group do to users, as far as manifests alone show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler import moves, retypes
from flagd.compiler.form.bucketing import bucketed
from flagd.manifest import Flag, FlagGroup
from flagd.manifest.changes.change import Act

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.compiler.form.bucketing import Bucketed
    from flagd.manifest import Resource
    from flagd.manifest.changes.change import Change

_AUDIENCE = frozenset({"match", "anyOf", "segmentRefs", "prerequisites", "memberOf", "sticky", "active", "testing"})
_TESTERS = frozenset({"testers", "offTesters", "include", "exclude"})
_ASK = "flagctl impact --population says whom it moves"


def effects(before: Resource, after: Resource, changed: Sequence[Change]) -> list[str]:
    """Return sentences on the users who move by `changed`; none where no answer depends on it."""
    if not isinstance(before, Flag | FlagGroup) or not isinstance(after, Flag | FlagGroup):
        return []
    return list(_effects(before, after, changed))


def _effects(before: Flag | FlagGroup, after: Flag | FlagGroup, changed: Sequence[Change]) -> Iterator[str]:
    old, new = _by(before), _by(after)
    rolled = any({"percent", "weights"} & set(change.steps) for change in changed if change.act is Act.SET)
    audience = any(_moves_audience(change) for change in changed)
    if old != new:
        yield f"the bucketing changed ({_rebucketed(old, new)}): every user gets another bucket"
    moved = (
        [] if old != new else [each.message.removeprefix("this edit moves users in ") for each in moves(before, after)]
    )
    yield from moved
    if audience:
        yield f"who is meant changed: {_ASK}"
    elif rolled and old == new and not moved:
        yield f"{_unchanged(changed)}nobody moves between variants"
    yield from (each.message.removeprefix("this edit ") for each in retypes(before, after))


def _unchanged(changed: Sequence[Change]) -> str:
    return "salt unchanged: " if any("weights" in change.steps for change in changed) else _BOTH


_BOTH = "weights unchanged; salt unchanged: "


def _moves_audience(change: Change) -> bool:
    if change.steps[0] == "segments" and (len(change.steps) <= 2 or change.act is Act.REORDERED):
        return True
    return bool((_AUDIENCE | _TESTERS) & set(change.steps))


def _by(resource: Flag | FlagGroup) -> Bucketed:
    return bucketed(resource.spec.bucketing, resource.key)


def _rebucketed(before: Bucketed, after: Bucketed) -> str:
    fields = {
        "unit": before.unit != after.unit,
        "key": before.selector != after.selector,
        "salt": before.salt != after.salt,
    }
    return ", ".join(name for name, differs in fields.items() if differs)
