import pytest

from flagd.tracking.sinks import Amplitude, JsonLines, OtlpLogs
from flagd.tracking.sinks.named import named_sink


def test_a_name_stands_for_a_collector_for_amplitude_or_for_a_file(tmp_path):
    assert isinstance(named_sink("otlp+https://collector/v1/logs", "token"), OtlpLogs)
    assert isinstance(named_sink("otlp+http://collector:4318/v1/logs", insecure=True), OtlpLogs)
    assert isinstance(named_sink("amplitude+https://api2.amplitude.com/2/httpapi", "key"), Amplitude)
    assert isinstance(named_sink(str(tmp_path / "events+more.jsonl")), JsonLines)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is none of"),
        ("https://collector/v1/logs", "is none of"),
        ("kafka+https://broker", "is none of"),
        ("otlp+http://collector:4318/v1/logs", "anybody on the way"),
        ("otlp+collector", "not https"),
        ("amplitude+https://api2.amplitude.com/2/httpapi", "needs the API key"),
        ("/nowhere/events.jsonl", "there is no folder /nowhere"),
    ],
)
def test_what_is_no_sink_is_refused_with_what_would_be_right(name, why):
    with pytest.raises(ValueError, match=why):
        named_sink(name)
