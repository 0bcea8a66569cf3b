"""Every call is counted, and nothing of ours leaks from one that fails."""

import asyncio
import logging

import pytest
from google.protobuf.empty_pb2 import Empty

from flagd.metrics import Metrics
from flagd.rpc.instrument import instrument, instrument_routes
from flagd.rpc.method import Call, Method
from flagd.rpc.route import EventStream, Response, Route
from flagd.rpc.status import NotFound, RpcError, Status
from tests.unit.flagd.api.requests import request

CALL = Call({})
USER = "user-7"


def _method(**handlers):
    return Method("/a.B/C", Empty, Empty, **handlers)


async def _fails(_request, _call):
    raise ValueError(f"secret of {USER}")


async def _refuses(_request, _call):
    raise NotFound("unknown project")


async def _answers(_request, _call):
    return b"x"


async def _streams(_request, _call):
    yield b"1"
    raise ValueError(f"secret of {USER}")


@pytest.mark.parametrize(("handler", "status"), [(_answers, "OK"), (_refuses, "NOT_FOUND"), (_fails, "INTERNAL")])
async def test_a_call_is_counted_by_method_and_status(handler, status):
    metrics = Metrics()
    [method] = instrument([_method(unary=handler)], metrics)
    await asyncio.gather(method.unary(Empty(), CALL), return_exceptions=True)
    assert {labels: sum(one.counts) for labels, one in metrics.calls.items()} == {("/a.B/C", status): 1}
    assert metrics.in_flight == 0


async def test_a_bug_is_an_internal_error_without_its_text(caplog):
    [method] = instrument([_method(unary=_fails)], Metrics())
    with pytest.raises(RpcError) as failed, caplog.at_level(logging.DEBUG):
        await method.unary(Empty(), CALL)
    assert (failed.value.status, failed.value.message) == (Status.INTERNAL, "internal error")
    assert "ValueError" in caplog.text
    assert USER not in caplog.text


async def test_a_bug_in_a_stream_is_an_internal_error_after_what_was_said():
    metrics = Metrics()
    [method] = instrument([_method(stream=_streams)], metrics)
    said = []
    with pytest.raises(RpcError, match="internal error"):
        said += [reply async for reply in method.stream(Empty(), CALL) if not said.append(reply)]
    assert said == [b"1"]
    assert metrics.in_flight == 0


async def test_errors_for_the_caller_pass_as_they_are():
    [method] = instrument([_method(unary=_refuses)], Metrics())
    with pytest.raises(NotFound, match="unknown project"):
        await method.unary(Empty(), CALL)


async def test_a_stream_that_its_caller_leaves_counts_as_cancelled():
    metrics = Metrics()
    [method] = instrument([_method(stream=_streams)], metrics)
    stream = method.stream(Empty(), CALL)
    assert await anext(stream) == b"1"
    assert metrics.in_flight == 1
    await stream.aclose()
    assert [status for _, status in metrics.calls] == ["CANCELLED"]
    assert metrics.in_flight == 0


def _route(outcome):
    async def handler(_request):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return Route("GET", "/items/", handler)


def _counted(metrics):
    return {labels: sum(one.counts) for labels, one in metrics.calls.items()}


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Response(200), "OK"), (NotFound("unknown item"), "NOT_FOUND"), (ValueError(f"secret of {USER}"), "INTERNAL")],
)
async def test_a_route_is_counted_by_its_own_path(outcome, status):
    metrics = Metrics()
    [route] = instrument_routes([_route(outcome)], metrics)
    await asyncio.gather(route.handler(request(tail=USER)), return_exceptions=True)
    assert _counted(metrics) == {("/items/", status): 1}
    assert metrics.in_flight == 0


async def test_a_bug_in_a_route_is_an_internal_error_without_its_text():
    [route] = instrument_routes([_route(ValueError(f"secret of {USER}"))], Metrics())
    with pytest.raises(RpcError, match=r"^internal error$"):
        await route.handler(request())


async def test_events_are_counted_when_they_end():
    metrics = Metrics()
    [route] = instrument_routes([_route(EventStream(_streams(None, CALL)))], metrics)
    events = (await route.handler(request())).events
    assert (_counted(metrics), metrics.in_flight) == ({}, 0)
    assert await anext(events) == b"1"
    assert metrics.in_flight == 1
    with pytest.raises(RpcError, match="internal error"):
        await anext(events)
    assert (_counted(metrics), metrics.in_flight) == ({("/items/", "INTERNAL"): 1}, 0)
