"""Events of flagd: whoever asks by whatever door is told of, once, and nobody by asking why or by reading rulesets."""

import json
from collections import Counter

import pytest

from flagd.tracking.event import ASSIGNMENT, EXPOSURE
from tests.unit.flagd.tracking.receiver import receiving
from tests.wire.doors import ALL, AMPLITUDE, ONE, Asked, _http
from tests.wire.process import eventually
from tests.wire.shop import WEB_KEY, flag, key_hash

WEB = f"""
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: web, namespace: shop}}
spec: {{type: Client, keyHashes: ["{key_hash(WEB_KEY)}"]}}
"""
GRPC_ONLY = {"Connect", "OFREP"}
SEEN = {name: door for name, door in ONE.items() if name not in {"Explain", "OpenFeature v2, wrong type"}}


def _doors(doors, transport):
    return {name: door for name, door in doors.items() if transport == "envoy" or name not in GRPC_ONLY}


def _events(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def told(tmp_path, tmp_path_factory, start):
    """A flagd that tells a file, with a flag of a Client key; the file."""
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    shown = flag("a", "one").replace("  active: true\n", "  active: true\n  deployments: [web]\n")
    (tmp_path / "all.yaml").write_text(f"{shown}---{WEB}")
    return start(tmp_path, "--events-to", path, "--assignment-events"), path


def test_every_door_to_one_flag_exposes_its_user_once(told, transport):
    process, path = told
    doors = _doors(SEEN, transport)
    for name, ask in doors.items():
        for _ in range(2):
            ask(Asked(process.listen, flag="a", user=name))
            ask(Asked(process.listen, flag="nope", user=name))
    ONE["Explain"](Asked(process.listen, flag="a", user="curious"))
    process.stop()
    events = _events(path)
    assert Counter(event["user_id"] for event in events) == dict.fromkeys(doors, 1)
    assert {event["event_type"] for event in events} == {EXPOSURE}
    assert {event["event_properties"]["[Experiment] Variant"] for event in events} == {"one"}


def test_every_door_to_all_flags_assigns_its_user_once(told, transport):
    process, path = told
    doors = _doors(ALL, transport)
    for name, ask in doors.items():
        for _ in range(2):
            ask(Asked(process.listen, user=name))
    process.stop()
    events = _events(path)
    assert Counter(event["user_id"] for event in events) == dict.fromkeys(doors, 1)
    assert {event["event_type"] for event in events} == {ASSIGNMENT}
    assert {event["event_properties"]["a.variant"] for event in events} == {"one"}


def test_a_client_key_that_learns_no_segment_leaves_it_in_the_event(told):
    process, path = told
    SEEN["Evaluate"](Asked(process.listen, WEB_KEY, flag="a"))
    ALL["Evaluate"](Asked(process.listen, WEB_KEY))
    process.stop()
    exposure, assignment = _events(path)
    assert exposure["event_properties"]["metadata"]["segmentName"] == "All Other Users"
    assert assignment["event_properties"]["a.details"].endswith("rule:All Other Users")


@pytest.mark.parametrize(
    ("headers", "types"),
    [
        ({}, [ASSIGNMENT]),
        ({"x-amp-exp-track": "no-track"}, []),
        ({"x-amp-exp-track": "read-only", "x-amp-exp-exposure-track": "track"}, [EXPOSURE]),
        ({"x-amp-exp-exposure-track": "track"}, [ASSIGNMENT, EXPOSURE]),
    ],
)
def test_amplitudes_sdks_say_what_is_told(told, transport, headers, types):
    if transport != "envoy":
        pytest.skip("plain HTTP is served where Envoy carries it")
    process, path = told
    _http("POST", "/sdk/v2/vardata", Asked(process.listen), {"user_id": "eve"}, headers)
    process.stop()
    assert [event["event_type"] for event in _events(path)] == types


def test_legacy_vardata_of_one_flag_is_an_exposure(told, transport):
    if transport != "envoy":
        pytest.skip("plain HTTP is served where Envoy carries it")
    process, path = told
    AMPLITUDE["legacy vardata"](Asked(process.listen, flag="a", user="eve"))
    process.stop()
    assert [event["event_type"] for event in _events(path)] == [EXPOSURE]


def test_metrics_say_what_was_sent_and_what_was_dropped_and_the_log_names_nobody(tmp_path, start):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    key = tmp_path.parent / f"{tmp_path.name}.key"
    key.write_text("secret\n")
    with receiving() as receiver:
        process = start(tmp_path, "--events-to", f"amplitude+{receiver.url}/2/httpapi", "--events-key-file", key)
        ONE["Evaluate"](Asked(process.listen, flag="a", user="eve-1"))
        _, _, body = receiver.next()
        assert (body["api_key"], [event["user_id"] for event in body["events"]]) == ("secret", ["eve-1"])
        eventually(lambda: "flagd_events_sent_total 1.0" in process.get("/metrics")[1])
        receiver.statuses = [400]
        ONE["Evaluate"](Asked(process.listen, flag="a", user="eve-2"))
        eventually(lambda: "flagd_events_dropped_total 1.0" in process.get("/metrics")[1])
        process.said("HTTP 400")
        process.stop()
    assert not [line for line in process.log if "eve-" in line["message"] or "secret" in line["message"]]
