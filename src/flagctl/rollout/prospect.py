"""Prospect: by when a guard that compares would find harm, if so many users come in an hour."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from flagd.manifest.parts.duration import duration
from flagd.manifest.parts.percent import percent_text
from flagoperator.evidence import Detection, Rule, Stretch, Traffic, detection
from flagoperator.evidence.power import SHARE
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagctl.rollout.forecast import Stop
    from flagoperator.rollout import Guard

EVERYBODY = 100_000


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a ramp is expected to pass.

    Attributes:
        stops: on the way, in order.
        over: seconds since 1970 at which all is over; None where it never is.
        traffic: what passes through, with the harm that is to be found.
        limit: what E of a guard must reach.
    """

    stops: Sequence[Stop]
    over: float | None
    traffic: Traffic
    limit: float

    def lines(self, guard: Guard, margin: float) -> Iterator[str]:
        """Yield by when `guard` finds harm, and at which stops it cannot."""
        chance = Random(0).random  # noqa: S311 - dice, no secret
        found = detection(self._stretches(), self.traffic, Rule(margin, self.limit), chance, guard.interval)
        harm = f"{self.traffic.baseline * 100:g} % failures doubled"
        if found.seconds is None:
            yield f"    this guard cannot fire: {harm} are not found in {SHARE:.0%} of runs while there is control"
        else:
            at = self.stops[0].at + found.seconds
            yield f"    {harm} are found in {SHARE:.0%} of runs by {moment(at)}, {self._after(found.seconds)}"
        yield from self._too_short(found)

    def _after(self, seconds: float) -> str:
        return f"{duration(round(seconds / 60) * 60)} after the first step"

    def _too_short(self, found: Detection) -> Iterator[str]:
        for stop, stretch, share in zip(self.stops, self._stretches(), found.shares, strict=False):
            if stretch.seconds and stretch.control and share < SHARE:
                hold = f"its hold of {duration(round(stretch.seconds))}"
                yield f"    too short at {_percent(stop)} %: by the end of {hold} they are found in {share:.0%} of runs"

    def _stretches(self) -> list[Stretch]:
        ends = [*(stop.at for stop in self.stops), self.over if self.over is not None else self.stops[-1].at]
        found = []
        for stop, (start, end) in zip(self.stops, pairwise(ends), strict=True):
            treated = _share(stop)
            found.append(Stretch(end - start, treated, 1 - treated))
        return found


def _share(stop: Stop) -> float:
    """Return the share of users who are in: that of the allocation that rises and has the fewest."""
    return min(percent for _, percent in stop.moved) / EVERYBODY


def _percent(stop: Stop) -> str:
    return percent_text(min(percent for _, percent in stop.moved))
