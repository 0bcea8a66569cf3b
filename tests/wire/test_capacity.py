"""Floods of callers who hold on: they are refused, others are served, and what they held comes back."""

import asyncio
import contextlib
import re
from pathlib import Path

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User, WatchRequest
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.wire.conftest import running
from tests.wire.h2 import DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM, Connection, frame, headers
from tests.wire.process import eventually
from tests.wire.shop import SHOP

GIVEN_UP = {
    "the connection is cut": b"",
    "the call is reset": frame(RST_STREAM, 0, 1, b"\0\0\0\x08"),
    "the message is cut": frame(DATA, 0, 1, b"\0\0\0\0\x09abc"),
    "there is no message": frame(DATA, END_STREAM, 1),
}
"""How a call goes on after its headers."""
FLOODS = 10
CONNECTIONS, STREAMS = 3, 40
MAX_MEMORY = 192
"""MiB: a third of it is far less than the streams of one flood would hold."""


def largest():
    """A Watch with a user of nearly 1 MiB, within every limit."""
    user = User(user_id="greedy")
    for group in range(10):
        for name in range(25):
            user.groups[f"group {group}"].properties[f"property {name}"] = "x" * 4000
    return WatchRequest(user=user, project="shop")


LARGEST = largest()


@pytest.fixture
def victim(tmp_path, transport):
    (tmp_path / "shop.yaml").write_text(SHOP)
    with running(tmp_path, "--transport", transport, "--max-memory", str(MAX_MEMORY)) as process:
        yield process


def serving_pid(process, transport):
    if transport == "grpcio":
        return process.pid
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


def files(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def flood(address, compression=None):
    """Open streams, read one message of each, close them all; return the statuses of those refused."""
    refused = []
    async with contextlib.AsyncExitStack() as stack:
        options = [("grpc.use_local_subchannel_pool", 1)]
        channels = [
            await stack.enter_async_context(grpc.aio.insecure_channel(address, options=options))
            for _ in range(CONNECTIONS)
        ]

        async def hold(channel):
            call = EvaluationServiceStub(channel).Watch(LARGEST, timeout=120, compression=compression)
            stack.callback(call.cancel)
            try:
                await call.read()
            except grpc.aio.AioRpcError as error:
                refused.append(error.code())

        await asyncio.gather(*(hold(channel) for channel in channels for _ in range(STREAMS)))
        async with grpc.aio.insecure_channel(address) as channel:
            request = EvaluateRequest(user=User(user_id="eve"), project="shop")
            await EvaluationServiceStub(channel).Evaluate(request, timeout=60)
    return refused


@pytest.mark.parametrize("compression", [None, grpc.Compression.Gzip])
def test_a_flood_of_streams_is_refused_while_others_are_served(victim, compression):
    refused = asyncio.run(flood(victim.listen, compression))
    assert 0 < len(refused) < CONNECTIONS * STREAMS
    assert set(refused) == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert sum(victim.metric("flagd_calls_refused_total", limit=limit) or 0 for limit in ("all", "connection"))
    assert victim.get("/readyz")[0] == 200


def test_what_floods_held_comes_back(victim, transport):
    pid = serving_pid(victim, transport)
    files_before, after = files(pid), []
    for _ in range(FLOODS):
        asyncio.run(flood(victim.listen))
        eventually(lambda: victim.metric("flagd_held_bytes") == 0)
        eventually(lambda: files(pid) <= files_before + 5)
        after.append(resident(pid))
    eventually(lambda: resident(pid) <= 1.1 * max(after[:2]))
    assert victim.get("/healthz")[0] == 200


@pytest.mark.parametrize("rest", GIVEN_UP.values(), ids=GIVEN_UP)
def test_calls_given_up_before_their_message_hold_nothing(victim, rest):
    paths = ("/flagd.v1.EvaluationService/Evaluate", "/flagd.evaluation.v2.Service/ResolveBoolean")
    for path in paths:
        for _ in range(20):
            with Connection(victim) as connection:
                connection.send(frame(HEADERS, END_HEADERS, 1, headers(path=path)) + rest)
    eventually(lambda: victim.metric("flagd_held_bytes") == 0)
    assert victim.get("/healthz")[0] == 200
