"""OtlpLogs: evaluations by OpenTelemetry's convention for feature flags, to a collector, by OTLP/HTTP in JSON."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from flagd.resolution import openfeature_reason
from flagd.tracking.sinks.posting import checked_url, post

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.tracking.event import Event
    from flagd.tracking.given import Given, Outcome

EVENT = "feature_flag.evaluation"
URL = "http://localhost:4318/v1/logs"
_INFO = 9


class OtlpLogs:
    """Sends a log record for each flag. Users are left out, or told apart by an HMAC of their ids."""

    def __init__(
        self,
        url: str = URL,
        *,
        service: str = "",
        headers: Mapping[str, str] | None = None,
        context_id_key: bytes | None = None,
        insecure: bool = False,
    ) -> None:
        """Send to a collector.

        Args:
            url: of its logs, with the path.
            service: ``service.name`` of the resource.
            headers: sent along, such as ``authorization``.
            context_id_key: with it, ``feature_flag.context.id`` is the HMAC of the user's id; without, there is none.
            insecure: whether plain HTTP is used beyond this machine.

        Raises:
            ValueError: events may not be sent to the URL.
        """
        self._url = checked_url(url, insecure=insecure)
        self._resource = {"attributes": _attributes({"service.name": service})} if service else {}
        self._headers = dict(headers or {})
        self._key = context_id_key

    def __call__(self, events: Sequence[Event]) -> None:
        """Send `events`. Raises SinkRefusedError or OSError."""
        records = [record for event in events for record in self._records(event)]
        logs = [{"scope": {"name": "flagd.tracking"}, "logRecords": records}]
        post(self._url, {"resourceLogs": [{"resource": self._resource, "scopeLogs": logs}]}, self._headers)

    def __repr__(self) -> str:
        return f"OtlpLogs({self._url!r})"  # without headers and key

    def _records(self, event: Event) -> list[dict[str, Any]]:
        given, nanoseconds = event.given, str(event.given.at * 1_000_000)
        variants = given.variants if not event.flag_key else {event.flag_key: given.variants[event.flag_key]}
        return [
            {
                "timeUnixNano": nanoseconds,
                "observedTimeUnixNano": nanoseconds,
                "severityNumber": _INFO,
                "eventName": EVENT,
                "attributes": _attributes(self._facts(given, flag_key, one)),
            }
            for flag_key, one in variants.items()
        ]

    def _facts(self, given: Given, flag_key: str, one: Outcome) -> dict[str, str]:
        return {
            "feature_flag.key": flag_key,
            "feature_flag.result.variant": one.key,
            "feature_flag.result.reason": openfeature_reason(one.reason).lower(),
            "feature_flag.provider.name": "flagoperator",
            "feature_flag.set.id": given.project,
            "feature_flag.version": given.revision,
            "feature_flag.context.id": self._context_id(given),
        }

    def _context_id(self, given: Given) -> str:
        if self._key is None or given.subject.user_id is None:
            return ""
        return hmac.new(self._key, given.subject.user_id.encode(errors="replace"), "sha256").hexdigest()


def _attributes(facts: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": value}} for name, value in facts.items() if value]
