"""Times of a status."""

from __future__ import annotations

import pytest

from flagoperator.rollout.moment import moment, seconds_of


@pytest.mark.parametrize("at", [0, 1_796_000_000, 4_102_444_800])
def test_a_time_is_read_as_it_was_written(at: int):
    assert seconds_of(moment(at)) == at


def test_parts_of_a_second_are_not_shown():
    assert moment(1_796_000_000.9) == "2026-11-30T00:53:20Z"


def test_an_offset_is_taken_into_account():
    assert seconds_of("2026-12-01T10:00:00+01:00") == seconds_of("2026-12-01T09:00:00Z")


@pytest.mark.parametrize("text", ["2026-12-01T09:00:00", "tomorrow", ""])
def test_a_time_that_is_none_or_has_no_offset_is_refused(text: str):
    with pytest.raises(ValueError, match=r"has no offset|Invalid isoformat"):
        seconds_of(text)
