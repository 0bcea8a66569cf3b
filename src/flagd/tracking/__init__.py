"""Tracking: exposures and assignments, from lookups to sinks."""

from flagd.tracking.counters import Counters
from flagd.tracking.event import Event
from flagd.tracking.outbox import SinkRefusedError
from flagd.tracking.tracking import Tracking

__all__ = ["Counters", "Event", "SinkRefusedError", "Tracking"]
