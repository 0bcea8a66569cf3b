"""Exposed: how a server is told of users, which may be slow, wrong or gone."""

import json

import pytest

from flagd.client.calls.endpoint import Endpoint
from flagd.client.following import exposed
from flagd.client.following.exposed import Exposed
from flagd.v1.ruleset_pb2 import ReportSamplesRequest, ReportSamplesResponse
from tests.unit.flagd.client.server import answer, answering, eventually, serving
from tests.unit.flagd.sampling.rising import engine_of, rising, user

RULESET = rising()
FLAG, ENGINE = RULESET.flags["f"], engine_of(RULESET)
COUNTED = answer(200, "application/proto", ReportSamplesResponse(runs=["run-1"]).SerializeToString())


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(exposed, "PAUSE_SECONDS", 0.0)


def seeing(url, count=10, **options):
    made = Exposed(Endpoint.parse(url, **options) if url else None)
    see(made, count)
    return made


def see(made, count, start=0):
    for number in range(start, start + count):
        context = user(f"user {number}")
        made.take(FLAG, ENGINE.variant(context, "f"), context)


def users(caller):
    request = ReportSamplesRequest.FromString(caller.body)
    return request.project, sum(len(part.slots) // 2 for each in request.samples for part in each.parts)


def test_a_server_is_told_of_users_with_the_key():
    with answering(COUNTED) as server:
        made, asked = seeing(server.url, key="sk-1"), []
        server_next = server.next
        server.next = lambda: asked.append(server_next()) or asked[-1]
        made.report("shop")
        made.report("shop")  # nothing is new
        see(made, 5, 10)
        made.report("shop")
    told = [one for one in asked if one.body]
    assert [users(one) for one in told if users(one)[0]][-1] == ("shop", 5)
    assert "authorization: api-key sk-1" in told[-1].head


@pytest.mark.parametrize(
    "said",
    [
        b"",
        answer(200),
        answer(404, "application/json", json.dumps({"code": "unimplemented", "message": "?"}).encode()),
        answer(302, location="http://127.0.0.1:1/"),
        answer(200, "application/proto", b"\xff\xff"),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/proto\r\ncontent-length: 10\r\n\r\nx",
        b"nothing of HTTP\r\n\r\n",
    ],
)
def test_what_a_server_does_not_take_is_told_again(said):
    with answering(said) as server:
        made = seeing(server.url)
        made.report("shop")
        assert made._samples.news("shop") is not None
        made.lost()


def test_a_server_that_says_nothing_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(exposed, "REPORT_SECONDS", 0.05)
    with serving() as server:
        made = seeing(server.url)
        made.report("shop")
        assert made._samples.news("shop") is not None
        assert users(server.next()) == ("shop", 10)


def test_a_server_is_not_asked_twice_in_a_row(monkeypatch):
    monkeypatch.setattr(exposed, "PAUSE_SECONDS", 3600.0)
    with answering(b"") as server:
        made = seeing(server.url)
        made.report("shop")
    made.report("shop")  # the server is gone, and nothing is tried
    assert made._samples.news("shop") is not None


def test_without_a_server_nobody_is_counted():
    made = seeing(None)
    made.report("shop")
    assert not made.take(FLAG, ENGINE.variant(user("ann"), "f"), user("ann"))


def test_what_the_parent_told_is_not_told_by_the_child():
    with answering(COUNTED) as server:
        made = seeing(server.url)
        made.report("shop")
        eventually(lambda: made._samples.news("shop") is None)
        made.heal()
        assert made._samples.news("shop") is None
