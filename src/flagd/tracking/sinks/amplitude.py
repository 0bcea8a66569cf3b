"""Amplitude: events by its HTTP API (V2), or to anything that takes the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.tracking.sinks.posting import checked_url, post

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.tracking.event import Event

URL = "https://api2.amplitude.com/2/httpapi"


class Amplitude:
    """Sends ``{"api_key": …, "events": […]}``. Who is in them is told to Amplitude by id."""

    def __init__(self, api_key: str, *, url: str = URL, insecure: bool = False) -> None:
        """Send with the API key of a project. Raises ValueError for a URL that events may not be sent to."""
        self._api_key = api_key
        self._url = checked_url(url, insecure=insecure)

    def __call__(self, events: Sequence[Event]) -> None:
        """Send `events`. Raises SinkRefusedError or OSError."""
        post(self._url, {"api_key": self._api_key, "events": [event.as_json() for event in events]}, {})

    def __repr__(self) -> str:
        return f"Amplitude({self._url!r})"  # without the key
