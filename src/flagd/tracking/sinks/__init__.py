"""Sinks: where events go. Any other callable that takes a list of events is one too."""

from flagd.tracking.sinks.amplitude import Amplitude
from flagd.tracking.sinks.json_lines import JsonLines
from flagd.tracking.sinks.otlp_logs import OtlpLogs

__all__ = ["Amplitude", "JsonLines", "OtlpLogs"]
