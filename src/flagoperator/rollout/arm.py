"""Arm: who is compared while a run lasts: the treated, whom it has let in, and control, whom it has not let in yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagoperator.rollout.allocation import placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagoperator.rollout.allocation import Allocation, Shares
    from flagoperator.rollout.run import Run

EVERYBODY = 100_000


def arms(run: Run, allocations: Sequence[Allocation], shares: Shares) -> dict[str, int]:
    """Return the allocations whose users are compared, with the percents at which they stood when the run began.

    An allocation at 100 % has no control: it is left out while another one has, so that like is compared with like.
    """
    pairs = list(zip(placed(allocations, run.start), shares, strict=True))
    risen = [(start, share) for start, share in pairs if share.percent > start.percent]
    both = [pair for pair in risen if pair[1].percent < EVERYBODY]
    return {start.name: start.percent for start, _ in both or risen}


def is_uncontrolled(run: Run, allocations: Sequence[Allocation], shares: Shares) -> bool:
    """Return whether the run has let users in and nobody is left to compare them with."""
    compared = arms(run, allocations, shares)
    return bool(compared) and all(each.percent >= EVERYBODY for each in shares if each.name in compared)
