"""Windows: hours of the week by the clock of a time zone, daylight saving included."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagoperator.rollout.window import DAYS, Window, is_open, next_opening

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def window(days: str, start: str, end: str, zone: ZoneInfo = BERLIN) -> Window:
    minutes = [int(each[:2]) * 60 + int(each[3:]) for each in (start, end)]
    return Window(frozenset(DAYS.index(each) for each in days.split()), *minutes, zone)


@pytest.mark.parametrize(
    ("now", "inside"),
    [
        ("2026-12-01T07:59", False),  # Tuesday 08:59 in Berlin
        ("2026-12-01T08:00", True),
        ("2026-12-01T14:59", True),
        ("2026-12-01T15:00", False),
        ("2026-12-04T10:00", False),  # Friday
        ("2026-07-01T07:00", True),  # in summer the same hours come an hour earlier
        ("2026-07-01T14:00", False),
    ],
)
def test_a_window_goes_by_the_clock_of_its_zone(now: str, inside: bool) -> None:
    assert window("Mon Tue Wed Thu", "09:00", "16:00").is_open(at(now)) is inside


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    night = window("Sun", "22:00", "02:00")
    assert night.is_open(at("2026-11-29T23:00"))
    assert night.is_open(at("2026-11-30T00:30"))
    assert not night.is_open(at("2026-11-30T22:00"))


def test_an_hour_that_the_clock_repeats_counts_both_times() -> None:
    autumn = window("Sun", "02:00", "03:00")
    assert [autumn.is_open(at(f"2026-10-25T{hour}:30")) for hour in ("00", "01", "02")] == [True, True, False]


def test_a_window_whose_start_the_clock_skips_opens_where_the_clock_lands() -> None:
    spring = window("Sun", "02:30", "05:00")
    assert spring.next_opening(at("2026-03-28T12:00")) == at("2026-03-29T01:00")


def test_a_window_that_the_clock_skips_opens_the_week_after() -> None:
    assert window("Sun", "02:15", "02:45").next_opening(at("2026-03-28T12:00")) == at("2026-04-05T00:15")


def test_the_next_opening_is_the_earliest_of_all_windows() -> None:
    windows = [window("Thu", "09:00", "10:00"), window("Wed", "09:00", "10:00")]
    assert next_opening(windows, at("2026-12-01T12:00")) == at("2026-12-02T08:00")


def test_without_windows_it_is_always_open() -> None:
    assert is_open([], 0)
    assert next_opening([], 5) == 5


@given(
    st.builds(
        Window,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.integers(0, 1439),
        st.integers(1, 1440),
        st.sampled_from(ZONES).map(ZoneInfo),
    ).filter(lambda each: each.start != each.end),
    st.integers(1_700_000_000, 1_900_000_000),
)
def test_a_window_is_open_at_its_next_opening_and_shut_until_then(window: Window, now: int) -> None:
    opening = window.next_opening(now)
    if opening is None:
        return
    assert window.is_open(opening)
    step = max(60, int(opening - now) // 200)
    assert not any(window.is_open(each) for each in range(now, int(opening) - 60, step))
