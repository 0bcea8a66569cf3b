"""Durations: text and seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.manifest.parts.duration import duration, seconds


@pytest.mark.parametrize(("text", "count"), [("30m", 1800), ("1d12h", 129_600), ("0s", 0), ("90s", 90), ("1h1h", 7200)])
def test_a_duration_is_the_sum_of_its_parts(text: str, count: int) -> None:
    assert seconds(text) == count


@pytest.mark.parametrize("text", ["1 hour", "", "h", "1.5h", "-1h", "1h ", "1h\n", "1H", "１h", "5"])
def test_what_is_not_a_duration_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; write numbers with d, h, m or s, such as 30m or 1d12h"):
        seconds(text)


@given(st.integers(0, 10**9))
def test_seconds_survive_being_written(count: int) -> None:
    assert seconds(duration(count)) == count
