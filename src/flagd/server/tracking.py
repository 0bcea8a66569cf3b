"""Tracking: who is told of what callers got, as the options say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.process.token_file import read_token
from flagd.tracking import Tracking
from flagd.tracking.sinks.named import named_sink

if TYPE_CHECKING:
    from flagd.server.options import Options


def make_tracking(options: Options) -> Tracking | None:
    """Return what tells the sink that the options name; None where they name none.

    Raises:
        ValueError: it is no sink.
        OSError: the file with its key cannot be read, or holds none.
    """
    if options.events_to is None:
        return None
    key = read_token(options.events_key) if options.events_key else ""
    sink = named_sink(options.events_to, key, insecure=options.insecure_events)
    return Tracking(sink, assignments=options.assignment_events)
