"""Ratio simulation: many runs whose users are counted with dice, to see how often the ratio is reported, and when."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import TYPE_CHECKING

from flagd.engine.split import Part, Split
from flagoperator.evidence.poisson import drawn
from flagoperator.evidence.simulation import Outcome
from flagoperator.rollout.ratio import Ratio, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagoperator.evidence.power import Chance

    Users = tuple[int, int]
    """In control, and treated."""
    Step = Sequence[Users]
    """What was counted since percents changed, look by look."""
    Draw = Callable[[int, Chance], Users]
    """Who comes between two looks at a percent."""
    Judge = Callable[[Sequence[tuple[int, Step]]], bool]

PERCENTS = (5, 25, 50, 75)
LOOKS = 10
"""At each step."""
USERS = 400
"""Who come between two looks, on average."""
SHARING = 50
"""Users who share one value of a wrong key."""
LOST = 0.2
"""Share of the treated who are never counted, as where what they get crashes."""
TOO_RARE = 3.29
"""Standard deviations that chance exceeds in one of 1,000 cases."""


def as_said(percent: int, chance: Chance) -> Users:
    """Draw users who are divided as `percent` says."""
    treated = USERS * percent / 100
    return drawn(USERS - treated, chance()), drawn(treated, chance())


def sharing(percent: int, chance: Chance) -> Users:
    """Draw users who come in or stay out by so many together."""
    values = USERS / SHARING
    treated = values * percent / 100
    return SHARING * drawn(values - treated, chance()), SHARING * drawn(treated, chance())


def losing(percent: int, chance: Chance) -> Users:
    """Draw users of whom some are lost once they are treated."""
    treated = USERS * percent / 100
    return drawn(USERS - treated, chance()), drawn(treated * (1 - LOST), chance())


def by_ratio(steps: Sequence[tuple[int, Step]]) -> bool:
    """Judge as the operator does."""
    ratio = Ratio()
    for percent, looks in steps:
        for users in looks:
            ratio = ratio.after((Tally(_split(percent), users),))
    return bool(ratio.found)


def by_p_value(steps: Sequence[tuple[int, Step]]) -> bool:
    """Judge by what is rare at one look, and look all the time."""
    return any(_deviation(percent, users) > TOO_RARE for percent, looks in steps for users in looks)


def reported(runs: int, draw: Draw, judge: Judge, chance: Chance) -> Outcome:
    """Return how many of so many runs are reported whose users come as `draw` says."""
    return Outcome(runs, sum(judge([(each, _looks(each, draw, chance)) for each in PERCENTS]) for _ in range(runs)))


def _looks(percent: int, draw: Draw, chance: Chance) -> Step:
    control = treated = 0
    found = []
    for _ in range(LOOKS):
        more = draw(percent, chance)
        control, treated = control + more[0], treated + more[1]
        found.append((control, treated))
    return found


@cache
def _split(percent: int) -> Split:
    parts = (Part("control", "off", 100 - percent), Part("treated", "on", percent))
    return Split("All Other Users", ("context", "user", "user_id"), "f", parts)


def _deviation(percent: int, users: Users) -> float:
    total, share = sum(users), percent / 100
    return abs(users[1] - total * share) / sqrt(total * share * (1 - share)) if total else 0.0
