"""Hostile callers of flagd itself: others stay served, memory and files stay bounded, nothing of ours leaks."""

import contextlib
import random
import re
import socket
from pathlib import Path

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from tests.wire import h2
from tests.wire.load import resident_bytes
from tests.wire.process import SECONDS, eventually

MIB = 1024 * 1024
ROOM = 50 * MIB
METHODS = [
    "/flagd.v1.EvaluationService/Evaluate",
    "/flagd.v1.EvaluationService/EvaluateBatch",
    "/flagd.v1.EvaluationService/Explain",
    "/flagd.v1.EvaluationService/Watch",
    "/grpc.health.v1.Health/Check",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
]
EVALUATE = METHODS[0]
BODIES = 300
LEAKS = re.compile(r"Traceback|File \"|Error\b|Exception|0x[0-9a-f]{6}|/src/|site-packages|object at")


@pytest.fixture(autouse=True)
def unharmed(shop, call):
    """Whatever a test did, an honest caller is answered and memory has not grown much."""
    stub, request = call(shop), EvaluateRequest(user=User(user_id="ann"))
    stub.Evaluate(request, timeout=SECONDS)
    before = resident_bytes(shop.pid)
    yield
    stub.Evaluate(request, timeout=SECONDS)
    assert resident_bytes(shop.pid) - before < ROOM
    assert "internal error" not in str(shop.log)


def _answer(channel, method, body):
    """Return the error of a call with raw bytes, None if there was none."""
    try:
        if method.endswith(("Watch", "Info")):
            kind = channel.stream_stream if method.endswith("Info") else channel.unary_stream
            stream = kind(method)(iter([body]) if method.endswith("Info") else body, timeout=SECONDS)
            next(stream)
            stream.cancel()
        else:
            channel.unary_unary(method)(body, timeout=SECONDS)
    except grpc.RpcError as error:
        return error
    return None


@pytest.mark.parametrize("method", METHODS)
def test_random_bytes_get_an_answer_that_says_nothing_of_us(shop, method):
    rng = random.Random(method)
    allowed = {"INVALID_ARGUMENT", "INTERNAL", "NOT_FOUND"}
    good = EvaluateRequest(user=User(user_id="ann"), flag_keys=["checkout"]).SerializeToString()
    with grpc.insecure_channel(shop.listen) as channel:
        for _ in range(BODIES):
            damaged = bytearray(good)
            damaged[rng.randrange(len(good))] = rng.randrange(256)
            error = _answer(channel, method, rng.choice([bytes(damaged), rng.randbytes(rng.randrange(100))]))
            if error is not None:
                assert error.code().name in allowed, error
                assert not LEAKS.search(error.details()), error.details()


def test_connections_that_say_nothing_are_dropped_and_hold_nobody_up(shop, call, transport):
    host, _, port = shop.listen.rpartition(":")
    before = _files(shop)
    with contextlib.ExitStack() as held:
        for _ in range(300):
            held.enter_context(socket.create_connection((host, int(port))))
        call(shop).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=SECONDS)
        if transport == "grpcio":
            eventually(lambda: _files(shop) < before + 50)


def test_ten_thousand_streams_on_a_connection_hold_nobody_up(shop, call):
    with h2.Connection(shop) as connection:
        for stream in range(1, 20_000, 2):
            connection.send(h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.headers(EVALUATE)))
        call(shop).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=SECONDS)


def test_rapid_reset_holds_nobody_up(shop, call):
    with h2.Connection(shop) as connection:
        for stream in range(1, 20_000, 2):
            connection.send(
                h2.frame(h2.HEADERS, h2.END_HEADERS | h2.END_STREAM, stream, h2.headers(EVALUATE))
                + h2.frame(h2.RST_STREAM, 0, stream, (8).to_bytes(4, "big"))
            )
        call(shop).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=SECONDS)


@pytest.mark.parametrize("kind", [h2.PING, h2.SETTINGS])
def test_a_flood_of_frames_holds_nobody_up(shop, call, kind):
    flood = h2.frame(kind, payload=bytes(8) if kind == h2.PING else b"") * 20
    with h2.Connection(shop) as connection:
        for _ in range(1000):
            connection.send(flood)
            if connection.closed:
                break
        call(shop).Evaluate(EvaluateRequest(user=User(user_id="ann")), timeout=SECONDS)


def test_a_small_message_that_unpacks_to_a_large_one_is_refused(shop):
    large = EvaluateRequest(user=User(user_id="x" * (64 * MIB)))
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(shop.listen, options, compression=grpc.Compression.Gzip) as channel:
        error = _answer(channel, EVALUATE, large.SerializeToString())
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize("method", [EVALUATE, "/flagd.v1.EvaluationService/Watch"])
def test_large_messages_that_are_refused_are_not_kept(shop, method):
    user = User(user_id="ann")
    user.user_properties.update({f"p{n}": "x" * 5000 for n in range(200)})
    body = EvaluateRequest(user=user).SerializeToString()
    assert len(body) < MIB, "the message itself is not too large"
    with grpc.insecure_channel(shop.listen) as channel:
        for _ in range(2 * ROOM // len(body)):
            assert _answer(channel, method, body).code() in {
                grpc.StatusCode.INVALID_ARGUMENT,
                grpc.StatusCode.INTERNAL,
            }


def _files(process):
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))
