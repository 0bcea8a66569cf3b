"""Remote evaluation: deadlines, attempts and kept connections, against servers that are told what to say."""

import os
import threading

import pytest

from flagd.client import ErrorCode, Reason, User
from flagd.client.calls import retries
from flagd.v1 import evaluation_pb2 as pb
from tests.unit.flagd.client.server import answer, answering
from tests.unit.flagd.client.test_fork import _exit_code, _in_child

EVE = User("eve")


def _response(**variant):
    response = pb.EvaluateResponse(revision=variant.pop("revision", "r1"), stale=variant.pop("stale", False))
    response.variants["a"].CopyFrom(pb.Variant(**({"key": "on", "reason": pb.Reason.REASON_SPLIT} | variant)))
    return answer(200, "application/proto", response.SerializeToString())


UNAVAILABLE = answer(503, "application/json", b'{"code": "unavailable", "message": "no ruleset"}')


@pytest.fixture
def remote(client, server):
    return client(server.url, evaluation="remote", timeout=60)


def _answered_in_turn(server, *answers):
    """Answer one connection after the other, each by one of `answers`; return what ends with the last."""

    def run():
        for said in answers:
            caller = server.next()
            caller.say(said)
            caller.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_an_answer_is_given_as_a_local_one_would_be(remote, server):
    answering_it = _answered_in_turn(server, _response(segment="pros", value="on"))
    found = remote.variant("a", EVE)
    assert (found.key, found.value, found.payload, found.reason, found.segment) == (
        *("on", "on", None, Reason.SPLIT, "pros"),
    )
    answering_it.join()


def test_a_server_that_is_not_ready_is_asked_again_and_one_that_refuses_is_not(remote, server):
    _answered_in_turn(server, UNAVAILABLE, UNAVAILABLE, _response()).join(0)
    assert remote.variant("a", EVE).key == "on"
    _answered_in_turn(server, answer(401, "application/json", b'{"code": "unauthenticated"}'))
    found = remote.variant("a", EVE)
    assert (found.key, found.error, found.reason) == ("off", ErrorCode.GENERAL, Reason.ERROR)
    assert not server.waits()


def test_a_connection_that_was_kept_and_is_closed_costs_no_attempt(remote, server):
    for _ in range(3):
        _answered_in_turn(server, _response()).join(0)
        assert remote.variant("a", EVE).key == "on"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(200, "text/html"), "is a proxy in between"),
        (answer(302, location="http://elsewhere/"), "redirects are not followed"),
        (answer(200, "application/proto", b"\xff"), "parsing"),
        (b"SSH-2.0\r\n", "not HTTP"),
        (b"HTTP/1.1 200 x\r\ncontent-type: application/proto\r\n\r\n" + b"x" * (4 * 2**20 + 1), "larger than"),
        (answer(404, "application/json", b'{"code": "not_found", "message": "unknown project"}'), "unknown project"),
    ],
)
def test_a_bad_answer_gives_the_default_and_says_why(client, said, why):
    with answering(said) as server:
        one = client(server.url, evaluation="remote", timeout=60)
        found = one.variant("a", EVE, "blue")
        assert found.key == "blue"
        assert why in found.message.lower() or why in found.message
        assert one.health().error == found.message
        assert one.all(EVE) == {}


def test_a_lookup_ends_by_its_deadline_whatever_the_server_does(client, server):
    one = client(server.url, evaluation="remote", timeout=0.05)
    stop = threading.Event()

    def drip():
        caller = server.next()
        try:
            while not stop.wait(0.01):
                caller.say(b"a")
        except OSError:
            return

    dripping = threading.Thread(target=drip)
    dripping.start()
    found = one.variant("a", EVE)
    stop.set()
    dripping.join()
    assert (found.key, found.error) == ("off", ErrorCode.PROVIDER_NOT_READY)
    assert "in time" in found.message


def test_a_name_that_is_not_resolved_in_time_holds_up_nobody(client, monkeypatch):
    resolved = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: resolved.wait(60) and [])
    one = client("http://flagd.example:1", evaluation="remote", timeout=0.05)
    assert "not resolved in time" in one.variant("a", EVE).message
    resolved.set()


def test_who_cannot_travel_in_a_message_gets_the_default(remote):
    for user in (User("\ud800"), User.of({"user_id": [7]})):
        assert remote.variant("a", user).error is ErrorCode.INVALID_CONTEXT


def test_a_revision_that_changes_is_told(remote, server):
    told = []
    remote.on_change(told.append)
    for revision in ("r1", "r1", "r2"):
        _answered_in_turn(server, _response(revision=revision))
        remote.variant("a", EVE)
    assert told == [frozenset()]


def test_health_says_stale_where_the_server_has_lost_touch(remote, server):
    _answered_in_turn(server, _response(stale=True))
    remote.variant("a", EVE)
    health = remote.health()
    assert (health.connected, health.stale, health.revision) == (True, True, "r1")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_opens_connections_of_its_own(remote, server):
    first = threading.Thread(target=lambda: server.next().say(_response()))
    first.start()
    assert remote.variant("a", EVE).key == "on"
    first.join()
    _answered_in_turn(server, _response())
    assert _exit_code(_in_child(os.fork, lambda: remote.variant("a", EVE).key == "on" and remote.health().forked)) == 0


def test_while_a_server_is_down_nothing_is_tried_again():
    one = retries.Retries()
    assert one.failed(1) is not None
    assert one.failed(retries.ATTEMPTS) is None
    for _ in range(10):
        one.failed(1)
    assert one.failed(1) is None
    for _ in range(100):
        one.succeeded()
    assert one.failed(1) is not None


@pytest.mark.parametrize(
    "options", [{}, {"bootstrap": []}, {"last_good": "x"}, {"url": None, "bootstrap": []}], ids=str
)
def test_what_remote_evaluation_has_no_use_for_is_refused(client, options):
    if not options:
        with pytest.raises(ValueError, match="gRPC"):
            client("grpc://127.0.0.1:1")
        return
    with pytest.raises(ValueError, match="evaluation="):
        client(**({"url": "http://127.0.0.1:1", "evaluation": "remote"} | options))


def test_deadlines_are_told_to_the_server(client, server):
    one = client(server.url, evaluation="remote", timeout=60)
    heads = []

    def run():
        caller = server.next()
        heads.append(caller.head)
        caller.say(_response())

    thread = threading.Thread(target=run)
    thread.start()
    one.variant("a", EVE)
    thread.join()
    assert "connect-timeout-ms: " in heads[0]
