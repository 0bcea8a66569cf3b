"""Standing: where the percentages of a flag are when its rollout is followed for the first time, or again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flagd.manifest import Flag
from flagd.manifest.parts.percent import thousandths
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.ramps.subject import allocations_of, shares_of
from flagoperator.rollout import Mode, Share, restored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.reconcile.entry import Entry
    from flagoperator.rollout import Shares, State

_MARK = b'"rollout":{'
"""Stands in the status of a flag with a ramp, and in no other."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a flag from before the change that is to be compiled.

    Attributes:
        flag: its manifest as it was compiled last; None at the start.
        reached: how far its allocations reach as compiled last, or as the replicas serve them; None = it is neither.
        heard: whether it is known what the replicas serve; otherwise one may serve it all the same.
    """

    flag: Flag | None = None
    reached: Mapping[str, int] | None = None
    heard: bool = True


def recorded_state(entry: Entry) -> State | None:
    """Return the state that the status of `entry` records; None where it has none that can be read."""
    if _MARK not in entry.packed_status:
        return None
    status = entry.status
    try:
        return restored({**status["rollout"], "allocations": status["effective"]["allocations"]})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # somebody else wrote it: what is served counts then


def confirmed(entry: Entry) -> dict[str, int]:
    """Return the percents that the status of `entry` has, by name: a restarted operator would go on from there."""
    return {each.name: each.percent for each in _shown(entry.status)}


def standing(entry: Entry, before: Before) -> Shares:
    """Return where a flag without a record stands; nothing where it is new."""
    if before.reached is not None:
        known = before.flag if before.flag is not None else entry.resource
        return shares_of(known, before.reached) if isinstance(known, Flag) else ()
    if shown := _shown(entry.status):
        return shown
    flag = entry.resource
    return _before_ramps(entry, flag) if isinstance(flag, Flag) else ()


def is_unknown(entry: Entry, before: Before) -> bool:
    """Return whether nobody knows where the flag `entry` stands: a replica may serve it, or it may be new."""
    return not before.heard and recorded_state(entry) is None and not standing(entry, before)


def not_above(shares: Shares, reached: Mapping[str, int] | None) -> Shares:
    """Return `shares`, none above what is `reached` of it, by name; None = that is not known."""
    if reached is None:
        return shares
    return tuple(replace(each, percent=min(each.percent, reached.get(each.name, 0))) for each in shares)


def lowered(state: State, reached: Mapping[str, int] | None, *, goes_on: bool) -> State:
    """Return `state` with no share above what is `reached` of it: goals were lowered since it was recorded.

    That may have ended its run. It goes on where the flag has a ramp (`goes_on`), else it moves nobody up.
    """
    shares = not_above(state.shares, reached)
    if goes_on or shares == state.shares:
        return replace(state, shares=shares)
    return replace(state, shares=shares, mode=Mode.IDLE, reason="Superseded", run=None, next_step_at=None)


def _shown(status: Mapping[str, Any]) -> Shares:
    try:
        found = (status.get("effective") or {}).get("allocations") or ()
        return tuple(Share(each["name"], thousandths(each["percent"]), each.get("conditions", "")) for each in found)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ()


def _before_ramps(entry: Entry, flag: Flag) -> Shares:
    """Return where an operator that knew no ramps has left `flag`: at its goals, and All Other Users as it says."""
    published = condition_of(entry.status, "Published")
    if published is None or published["status"] != "True":
        return ()
    shares = tuple(Share(each.name, each.goal, each.conditions) for each in allocations_of(flag))
    if published.get("observedGeneration") == entry.generation:
        return shares
    try:
        rest = thousandths(entry.status["effective"]["percent"])
    except (KeyError, TypeError, ValueError):
        return shares
    return (*shares[:-1], Share(shares[-1].name, min(rest, shares[-1].percent)))
