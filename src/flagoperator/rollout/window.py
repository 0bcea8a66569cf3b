"""Window: hours of the week in which a ramp may step forward, by the clock on the wall of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 24 * 60
_DAYS_AHEAD = 9
"""A week, the day before it, from which a window may reach over midnight, and one that a time zone may shift by."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours on some days of the week.

    Attributes:
        days: 0 is Monday; the days on which it opens.
        start: minutes after midnight, 0 to 1439.
        end: minutes after midnight, up to 1440; not after `start` where it ends on the next day.
        zone: whose clock decides. An hour that the clock skips is not there; one that it repeats counts both times.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: ZoneInfo

    def is_open(self, now: float) -> bool:
        """Return whether `now`, in seconds since 1970, is inside."""
        local = datetime.fromtimestamp(now, self.zone)
        today, minute = local.weekday(), local.hour * 60 + local.minute
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        return (today in self.days and minute >= self.start) or ((today - 1) % 7 in self.days and minute < self.end)

    def next_opening(self, now: float) -> float | None:
        """Return when it is open next, `now` included; None if not within a week, as where the clock skips it."""
        if self.is_open(now):
            return now
        today = datetime.fromtimestamp(now, self.zone).date()
        times = (each for day in range(_DAYS_AHEAD) for each in self._openings(today + timedelta(days=day)))
        return min((each for each in times if each >= now), default=None)

    def _openings(self, day: date) -> Iterator[float]:
        naive = datetime(day.year, day.month, day.day) + timedelta(minutes=self.start)
        first, second = (naive.replace(tzinfo=self.zone, fold=fold).timestamp() for fold in (0, 1))
        if second < first:  # the clock skips this minute: the window opens where the clock lands
            first = second = _landing(second, first, self.zone)
        yield from (each for each in {first, second} if self.is_open(each))


def is_open(windows: Sequence[Window], now: float) -> bool:
    """Return whether one of `windows` is open; without any it always is."""
    return not windows or any(each.is_open(now) for each in windows)


def next_opening(windows: Sequence[Window], now: float) -> float | None:
    """Return when one of `windows` is open next; None if none opens."""
    if not windows:
        return now
    return min((each for window in windows if (each := window.next_opening(now)) is not None), default=None)


def _landing(before: float, after: float, zone: ZoneInfo) -> float:
    """Return the second between `before` and `after` at which the offset of `zone` changes."""
    low, high = int(before), int(after)
    offset = datetime.fromtimestamp(low, UTC).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return float(high)
