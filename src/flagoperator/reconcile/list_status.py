"""ListStatus: what the status of a cohort says of the list that it is made from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.reconcile.condition import Condition, condition_of
from flagoperator.reconcile.lists import origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest import Diagnostic
    from flagd.ruleset import Cohort
    from flagoperator.reconcile.entry import Entry

LIST_CURRENT = "ListCurrent"
_REASONS = frozenset({"ListMissing", "ListStale"})


def list_conditions(entry: Entry, findings: Sequence[Diagnostic]) -> list[Condition]:
    """Return whether the newest list is served; nothing for what is not made from one."""
    if origin_of(entry) is None:
        return []
    found = next((each for each in findings if each.reason in _REASONS), None)
    if found is None:
        return [Condition(LIST_CURRENT, "True", "Fetched", "the newest list is served, or on its way to the replicas")]
    return [Condition(LIST_CURRENT, "False", found.reason, found.message)]


def list_status(members: Cohort | None) -> dict[str, Any]:
    """Return size and age of the list that is served."""
    if members is None or not isinstance(members.members, HashedIds):
        return {}
    since = datetime.fromtimestamp(members.as_of, UTC)
    return {"list": {"ids": len(members.members), "asOf": f"{since:%Y-%m-%dT%H:%M:%SZ}"}}


def list_turn(before: Mapping[str, Any], after: Mapping[str, Any]) -> Condition | None:
    """Return the condition that an event is to tell of: the list is not current any more, or is again."""
    old, new = condition_of(before, LIST_CURRENT), condition_of(after, LIST_CURRENT)
    if new is None or new["reason"] == "ListMissing" or (old is None and new["status"] == "True"):
        return None
    if old is not None and (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return None
    return Condition(LIST_CURRENT, new["status"], new["reason"], new["message"])
