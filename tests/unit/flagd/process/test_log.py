"""Log lines: one event, one line."""

import json
import logging

import pytest

from flagd.process.log import EVENT_CHARACTERS, JsonFormatter, TextFormatter


def _record(message, *args, error=None):
    record = logging.LogRecord(
        "flagd.x", logging.WARNING, "x.py", 1, message, args, error and (type(error), error, None)
    )
    record.created, record.msecs = 1767225600.5, 500.0
    return record


def test_json_has_time_level_logger_and_message():
    line = JsonFormatter().format(_record("%s is\ngone", "it"))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-01-01T00:00:00.500Z",
        "level": "WARNING",
        "logger": "flagd.x",
        "message": "it is\ngone",
    }


def test_text_keeps_further_lines_indented():
    line = TextFormatter().format(_record("it is\ngone"))
    assert line == "2026-01-01T00:00:00.500Z WARNING flagd.x: it is\n    gone"


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_an_exception_is_part_of_the_event(formatter):
    assert "ValueError: nope" in formatter.format(_record("failed", error=ValueError("nope")))


def test_a_lone_surrogate_in_a_message_does_not_stop_the_log():
    assert json.loads(JsonFormatter().format(_record("key %s", "\ud800")))["message"] == "key \ud800"


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_what_a_message_quotes_can_neither_end_nor_hide_a_line(formatter):
    line = formatter.format(_record("peer said: \r\x1b[2J\x85\u2028\u202e\x1f"))
    assert line.isprintable()


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_an_event_is_bounded(formatter):
    assert len(formatter.format(_record("x" * 1_000_000))) < 2 * EVENT_CHARACTERS
