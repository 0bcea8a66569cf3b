"""Foreign lines are text, bounded in length and number."""

import logging

import pytest

from flagd.process import foreign
from flagd.process.foreign import Foreign, Lines


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_lines_are_the_same_however_they_are_cut(size):
    text, lines, found = b"one\n\ntwo\nrest", Lines(), []
    for start in range(0, len(text), size):
        found += lines.feed(text[start : start + size])
    assert found + lines.end() == [b"one", b"", b"two", b"rest"]
    assert lines.end() == []


def test_a_line_without_end_is_taken_in_pieces(monkeypatch):
    monkeypatch.setattr(foreign, "LINE_BYTES", 10)
    lines = Lines()
    assert lines.feed(b"x" * 11) == [b"x" * 11]
    assert lines.end() == []


@pytest.mark.parametrize(
    "line", [b"\x1fboom", b"\x1fcritical\x1fmain\x1fforged", b"\r2026 CRITICAL flagd: x", b"\xff\xfe", b"\x1b[2J"]
)
def test_a_foreign_line_is_one_warning_without_controls(line, caplog):
    Foreign("other").say(line)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("other", logging.WARNING)
    assert record.getMessage().isprintable()


def test_a_flood_of_lines_is_cut_and_says_how_many(monkeypatch, caplog):
    monkeypatch.setattr(foreign, "BURST", 2)
    now = [0.0]
    flood = Foreign("other", lambda: now[0])
    for number in range(5):
        flood.say(b"%d" % number)
    now[0] = foreign.PERIOD_SECONDS + 1
    flood.say(b"later")
    assert caplog.messages == ["0", "1", "3 further lines left out", "later"]
