"""Sinks: what a file, Amplitude and a collector of OpenTelemetry get, and what is never sent to whom."""

import json
import socket
import threading
from contextlib import suppress

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from flagd.tracking.event import assignment
from flagd.tracking.given import Given
from flagd.tracking.outbox import SinkRefusedError
from flagd.tracking.sinks import Amplitude, JsonLines, OtlpLogs, posting
from flagd.tracking.subject import Subject
from tests.unit.flagd.tracking.lookups import OFF, ON, context, event
from tests.unit.flagd.tracking.receiver import receiving


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


def test_json_lines_are_appended_to_a_file_for_its_owner_alone(tmp_path):
    path = tmp_path / "exposures.jsonl"
    sink = JsonLines(path)
    sink([event(1), event(2)])
    path.rename(tmp_path / "moved")
    sink([event(3, city="Zürich\n\ud800")])
    assert [json.loads(line)["user_id"] for line in (tmp_path / "moved").read_text().splitlines()] == [
        *("user-1", "user-2"),
    ]
    assert [json.loads(line) for line in path.read_text().splitlines()] == [event(3).as_json()]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_token_that_no_header_carries_is_refused_and_not_shown(receiver):
    with pytest.raises(SinkRefusedError) as raised:
        OtlpLogs(receiver.url, headers={"authorization": "Bearer sesame\nopen"})([event(1)])
    assert "sesame" not in str(raised.value)


def test_amplitude_gets_events_with_the_key_in_the_body_and_nowhere_else(receiver):
    sink = Amplitude("secret", url=f"{receiver.url}/2/httpapi")
    sink([event(1), event(2)])
    path, headers, body = receiver.next()
    assert (path, headers["content-type"]) == ("/2/httpapi", "application/json")
    assert body == {"api_key": "secret", "events": [event(1).as_json(), event(2).as_json()]}
    assert "secret" not in f"{headers}{sink!r}"


def _records(body):
    request = ParseDict(body, ExportLogsServiceRequest())
    (logs,) = request.resource_logs
    (scope,) = logs.scope_logs
    resource = {each.key: each.value.string_value for each in logs.resource.attributes}
    told = [
        (each.event_name, each.time_unix_nano, {one.key: one.value.string_value for one in each.attributes})
        for each in scope.log_records
    ]
    return resource, told


def test_a_collector_gets_the_conventions_event_and_no_user(receiver):
    OtlpLogs(f"{receiver.url}/v1/logs", service="checkout", headers={"authorization": "Bearer t"})([event(7)])
    path, headers, body = receiver.next()
    assert (path, headers["authorization"]) == ("/v1/logs", "Bearer t")
    assert "user-7" not in json.dumps(body)
    resource, ((name, at, attributes),) = _records(body)
    assert (resource, name, at) == ({"service.name": "checkout"}, "feature_flag.evaluation", 1_700_000_000_000_000_000)
    assert attributes == {
        "feature_flag.key": "a",
        "feature_flag.result.variant": "on",
        "feature_flag.result.reason": "targeting_match",
        "feature_flag.provider.name": "flagoperator",
        "feature_flag.set.id": "shop",
        "feature_flag.version": "r1",
    }


def test_with_a_key_a_collector_can_tell_users_apart_and_name_none(receiver):
    sink = OtlpLogs(f"{receiver.url}/v1/logs", context_id_key=b"k")
    sink([event(1), event(2), event(1)])
    _, told = _records(receiver.next()[2])
    ids = [attributes["feature_flag.context.id"] for _, _, attributes in told]
    assert ids[0] == ids[2] != ids[1]
    assert all(len(each) == 64 for each in ids)


def test_a_collector_gets_a_record_for_each_flag_of_an_assignment(receiver):
    given = Given(Subject.of(context()), {"a": ON, "b": OFF}, 0)
    OtlpLogs(f"{receiver.url}/v1/logs")([assignment(given)])
    _, told = _records(receiver.next()[2])
    assert [attributes["feature_flag.key"] for _, _, attributes in told] == ["a", "b"]


@pytest.mark.parametrize("status", [400, 401, 404, 413])
def test_what_a_server_will_never_take_is_refused(receiver, status):
    receiver.statuses = [status]
    with pytest.raises(SinkRefusedError, match=f"HTTP {status}"):
        Amplitude("k", url=receiver.url)([event()])


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_a_server_may_take_later_is_an_error(receiver, status):
    receiver.statuses = [status]
    with pytest.raises(OSError, match=f"HTTP {status}"):
        Amplitude("k", url=receiver.url)([event()])


def test_a_redirect_is_not_followed(receiver):
    receiver.statuses = [307]
    with pytest.raises(SinkRefusedError, match="HTTP 307"):
        Amplitude("k", url=receiver.url)([event()])
    assert receiver.next()[0] == "/"
    assert receiver._posts.empty()


def test_a_server_that_speaks_byte_by_byte_is_given_up(monkeypatch):
    monkeypatch.setattr(posting, "MOST_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def drip():
            connected, _ = listening.accept()
            with connected, suppress(OSError):
                connected.sendall(b"HTTP/1.1 200 OK\r\na: ")
                while not stop.wait(0.01):
                    connected.sendall(b"a")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with pytest.raises(OSError, match=r"it took more than|not HTTP|reset"):
                Amplitude("k", url=f"http://127.0.0.1:{listening.getsockname()[1]}")([event()])
        finally:
            stop.set()
            dripping.join()


@pytest.mark.parametrize(
    "url", ["http://collector:4318/v1/logs", "ftp://a/", "collector:4318", "https://u:p@a/", "https:///v1"]
)
def test_users_are_not_sent_where_others_read_them_nor_to_what_is_no_url(url):
    with pytest.raises(ValueError, match="url: "):
        OtlpLogs(url)
    if url.startswith("http://"):
        OtlpLogs(url, insecure=True)
