"""Effort: how much is spent on the cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        flags: in the project.
        few: flags of the small project that it is compared with.
        starts: of the operator, until it has published.
        rounds: of changes.
        changes: in a round, one after the other.
        pause: seconds between two of them, within 20 %.
        relisting: rounds of changes while the operator lists.
        bursts: how often many flags are changed at once.
        burst: changes at once.
        in_flight: of them at a time.
        curve_rounds: of changes to the small and the large project in turn.
        curve_changes: in such a round.
        subscribers: of the ruleset stream.
        tellings: changes that they are told of.
        ramps: flags whose percentages rise step by step, beside the few.
        ramp_rounds: of changes without ramps, and as many with them.
        watched: seconds that the operator is looked at while they hold.
    """

    flags: int = 10_000
    few: int = 1_000
    starts: int = 3
    rounds: int = 3
    changes: int = 100
    pause: float = 0.15
    relisting: int = 5
    bursts: int = 5
    burst: int = 1_000
    in_flight: int = 32
    curve_rounds: int = 6
    curve_changes: int = 40
    subscribers: int = 500
    tellings: int = 20
    ramps: int = 1_000
    ramp_rounds: int = 3
    watched: int = 60


FULL = Effort()
SMOKE = Effort(
    flags=30,
    few=15,
    starts=1,
    rounds=1,
    changes=4,
    relisting=1,
    bursts=1,
    burst=20,
    in_flight=20,
    curve_rounds=1,
    curve_changes=3,
    subscribers=5,
    tellings=2,
    ramps=5,
    ramp_rounds=1,
    watched=2,
)
