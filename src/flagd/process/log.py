"""Log: how the process logs: one line per event, as text or JSON, to standard error.

Anyone who logs may quote others: what controls terminals or ends lines is escaped, and no event is too long for a log.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Literal

from flagd.process.outlet import Outlet, standard_error
from flagd.process.printable import printable_lines
from flagd.process.stray import capture

LogFormat = Literal["text", "json"]
EVENT_CHARACTERS = 32 * 1024
"""Longest message of an event, its traceback included; the rest is cut."""


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time (RFC 3339, UTC), level, logger, message; a record's `fields` too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = _message(record, self)
        entry = {"time": _timestamp(record), "level": record.levelname, "logger": record.name}
        return json.dumps({**getattr(record, "fields", {}), **entry, "message": message[:EVENT_CHARACTERS]})


class TextFormatter(logging.Formatter):
    """``time level logger: message``; line breaks inside are indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = printable_lines(_message(record, self), EVENT_CHARACTERS).replace("\n", "\n    ")
        return f"{_timestamp(record)} {record.levelname} {record.name}: {message}"


def configure(level: str, style: LogFormat, descriptor: int | None = None) -> None:
    """Send everything from `level` up to `descriptor`.

    Without one it goes to standard error, and what else is printed there becomes part of the log.
    """
    outlet = Outlet(standard_error() if descriptor is None else descriptor)
    outlet.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[outlet], force=True)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    if descriptor is None:
        capture(outlet.descriptor)


def current_outlet() -> Outlet | None:
    """Return what `configure` set up last; None before."""
    return next((handler for handler in logging.getLogger().handlers if isinstance(handler, Outlet)), None)


def _message(record: logging.LogRecord, formatter: logging.Formatter) -> str:
    message = record.getMessage()
    if record.exc_info:
        message = f"{message}\n{formatter.formatException(record.exc_info)}"
    return message


def _timestamp(record: logging.LogRecord) -> str:
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return f"{seconds}.{int(record.msecs):03}Z"
