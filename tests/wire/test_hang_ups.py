"""Callers that hang up and operators that go leave no traceback in the log, however many there are and whenever."""

import asyncio
import contextlib
import json
import logging
import random
import re
import socket
import struct

import grpc.aio
import pytest

from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User, WatchRequest
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.wire.process import SECONDS
from tests.wire.publisher import Publisher, eventually, following, ruleset

TROUBLE = re.compile(r"Traceback|InvalidStateError|already running|destroyed but it is pending|never retrieved")
CONNECTIONS = 20
CALLS = 100
"""Calls of each connection, which are given up one by one; what is left is cut with the connection."""
SOCKETS = 500
FOLLOWERS, DEPARTURES = 4, 5
ABORT = struct.pack("ii", 1, 0)
"""A socket that lingers for no time ends with a reset."""


async def hang_up(address, chance):
    """Give up calls of all kinds at any point, then the connection."""
    async with grpc.aio.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) as channel:
        stub = EvaluationServiceStub(channel)
        users = [User(user_id=f"u{number}") for number in range(20)]
        for _ in range(CALLS):
            calls = [stub.EvaluateBatch(EvaluateBatchRequest(users=users)), stub.Watch(WatchRequest(user=users[0]))]
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.005]))
            chance.choice(calls).cancel()


def hang_up_at_once(address, chance):
    """Ask over HTTP/1.1 and reset the connection, before the answer or within it."""
    host, _, port = address.rpartition(":")
    body = json.dumps({"users": [{"userId": f"u{number}"} for number in range(20)]}).encode()
    head = f"POST /flagd.v1.EvaluationService/EvaluateBatch HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    request = head.encode() + b"content-type: application/json\r\n\r\n" + body
    with contextlib.suppress(ConnectionError), socket.create_connection((host, int(port)), SECONDS) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        sent = chance.choice([len(request), len(request) - 1])
        connection.sendall(request[:sent])
        if sent == len(request) and chance.random() < 0.5:
            connection.recv(1)


async def test_thousands_of_callers_that_hang_up_leave_no_traceback(shop, transport):
    chance, told = random.Random(1), len(shop.log)
    await asyncio.gather(*(hang_up(shop.listen, random.Random(seed)) for seed in range(CONNECTIONS)))
    if transport == "envoy":
        for _ in range(SOCKETS):
            await asyncio.to_thread(hang_up_at_once, shop.listen, chance)
    assert (await asyncio.to_thread(shop.get, "/healthz"))[0] == 200
    assert [str(line) for line in shop.log[told:] if TROUBLE.search(str(line))] == []


@pytest.mark.parametrize("pause", [0.0, 0.02])
async def test_operators_that_go_leave_no_traceback(pause, caplog):
    caplog.set_level(logging.DEBUG)
    publisher = await Publisher().start()
    for _ in range(FOLLOWERS):
        async with following(publisher.address) as follower:
            for number in range(DEPARTURES):
                publisher = await _leave(publisher, follower, number, pause)
    await publisher.stop()
    assert [text for text in map(caplog.handler.format, _of_this_loop(caplog.records)) if TROUBLE.search(text)] == []


def _of_this_loop(records):
    """gRPC polls for all loops of a process, and stumbles over those that earlier tests have closed."""
    return [record for record in records if "PollerCompletionQueue" not in record.getMessage()]


async def _leave(publisher, follower, number, pause):
    """Publish, have it followed, publish once more and go at once; return who comes instead."""
    served, last = (ruleset(a=f"v{number}"), ruleset(a=f"w{number}"))
    publisher.put(served, epoch=1)
    await eventually(lambda: _serves(follower, f"v{number}"))
    publisher.put(last, epoch=1)
    await asyncio.sleep(pause)
    await publisher.stop()
    return await Publisher(publisher.address).start()


async def _serves(follower, variant):
    with contextlib.suppress(grpc.aio.AioRpcError):
        return (await follower.variants()) == {"a": variant}
    return False
