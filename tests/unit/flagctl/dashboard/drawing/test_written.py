from datetime import UTC, datetime

import pytest

from flagctl.dashboard.drawing.written import Verbatim, age, utc, visible, width

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("2026-11-28T11:00:00Z", "3d"),
        ("2026-12-01T11:59:30+00:00", "30s"),
        ("2026-12-01T18:00:00Z", "in 6h"),
        ("2026-12-01T12:00:00Z", "now"),
        ("", ""),
        ("soon", ""),
        ("0001-01-01T00:00:00+14:00", ""),
    ],
)
def test_an_age_has_one_unit(stamp, said):
    assert age(stamp, NOW) == said


def test_a_time_is_shown_in_utc():
    assert utc("2026-12-01T16:00:00+01:00") == "2026-12-01 15:00 UTC"
    assert utc("soon") == "soon"


@pytest.mark.parametrize(("text", "number"), [("0.5", 0.5), ("250", 100), ("-3", 0), ("many", 0)])
def test_a_bar_is_never_wider_than_its_track(text, number):
    assert width(text) == number


def test_what_turns_or_hides_text_is_spelled_out_but_in_forms():
    assert visible("a\u202eb\x07\n") == "a\\u202eb\\x07\n"
    assert visible("👩\u200d🚀 ünï") == "👩\u200d🚀 ünï"
    assert visible(Verbatim("a\u202e")) == "a\u202e"
    assert visible(3) == 3
