"""Streams under random messages, callers that leave and callers that never end: nothing leaks, nobody is held up."""

import itertools
import random

import grpc
import pytest

from flagd.openfeature.v1.evaluation_pb2 import EventStreamRequest
from flagd.v1.evaluation_pb2 import EvaluateRequest, User, WatchRequest
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from flagd.v1.ruleset_pb2 import Ack, Heartbeat, Hello, Nack, Role, SubscribeRequest
from tests.wire.conftest import running
from tests.wire.process import SECONDS, eventually
from tests.wire.shop import BACKEND_KEY, SHOP
from tests.wire.test_hostile import LEAKS

SEED = 20261129
COUNT, MANY = 150, 3000
ANN = User(user_id="ann")
HELLO = SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name="fuzz"))
PUBLIC = {
    "/flagd.v1.EvaluationService/Watch": [
        WatchRequest(project="shop", user=ANN),
        WatchRequest(user=ANN, flag_keys=["x"]),
    ],
    "/flagd.evaluation.v2.Service/EventStream": [EventStreamRequest()],
    "/flagd.evaluation.v1.Service/EventStream": [EventStreamRequest()],
    "/grpc.health.v1.Health/Watch": [WatchRequest()],
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": [WatchRequest(project="x")],
}
RULESETS = {
    "/flagd.v1.RulesetService/Subscribe": [
        HELLO,
        SubscribeRequest(hello=Hello(role=Role.ROLE_CLIENT, name="x")),
        SubscribeRequest(hello=Hello(role=Role.ROLE_OPERATOR, name="y" * 300)),
        SubscribeRequest(ack=Ack(project="shop", revision="r", flags=1)),
        SubscribeRequest(nack=Nack(project="shop", revision="r", reason="\n\x1f" * 100)),
        SubscribeRequest(heartbeat=Heartbeat()),
        SubscribeRequest(),
    ]
}
CODES = {
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "INTERNAL",
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNIMPLEMENTED",
}
counts = pytest.mark.parametrize("count", [COUNT, pytest.param(MANY, marks=pytest.mark.long)])


def fuzz(address, methods, count):
    """Open `count` streams at `address`, of each kind in turn, and end them in all ways that there are."""
    rng = random.Random(SEED)
    with grpc.insecure_channel(address) as channel:
        for method, messages in itertools.islice(itertools.cycle(methods.items()), count):
            sent = [_message(rng, messages) for _ in range(rng.choice((0, 1, 1, 1, 2, 20)))]
            error = _stream(rng, channel, method, sent)
            if error is not None:
                assert error.code().name in CODES, (method, sent, error)
                assert not LEAKS.search(error.details() or ""), (method, sent, error.details())


def _message(rng, messages):
    good = rng.choice(messages).SerializeToString()
    fate = rng.random()
    if fate < 0.4:
        return good
    if fate < 0.7 and good:
        at = rng.randrange(len(good))
        return good[:at] + bytes([rng.randrange(256)]) + good[at + 1 :]
    return rng.choice((rng.randbytes(rng.randrange(200)), good * 50, good[: len(good) // 2], bytes(100_000)))


def _stream(rng, channel, method, sent):
    """Send, read a little, and leave: by hanging up, by a deadline, or by ending well; return the error if any."""
    metadata = [("authorization", f"Api-Key {BACKEND_KEY}")] if rng.random() < 0.5 else None
    call = channel.stream_stream(method)(iter(sent), metadata=metadata, timeout=rng.choice((0.02, 0.1, 0.1)))
    try:
        for _ in itertools.islice(call, rng.randrange(3)):
            pass
    except grpc.RpcError as error:
        return error
    finally:
        call.cancel()
    return None


@counts
def test_random_streams_of_the_public_port_harm_nobody(tmp_path, start, count):
    (tmp_path / "shop.yaml").write_text(SHOP)
    process = start(tmp_path)
    fuzz(process.listen, PUBLIC, count)
    _is_well(process)


@counts
def test_random_streams_of_the_ruleset_port_harm_nobody(tmp_path, count):
    (tmp_path / "shop.yaml").write_text(SHOP)
    with running(tmp_path, "--transport", "grpcio", "--ruleset-listen", "127.0.0.1:0") as process:
        address = process.said("ruleset stream on").rpartition(" ")[2]
        fuzz(address, RULESETS, count)
        _is_well(process)
        eventually(lambda: not process.metric("flagd_subscribers", role="replica"))


def _is_well(process):
    with grpc.insecure_channel(process.listen) as channel:
        EvaluationServiceStub(channel).Evaluate(EvaluateRequest(project="shop", user=ANN), timeout=SECONDS)
    eventually(lambda: process.metric("flagd_rpc_in_flight") == 0)
    assert process.get("/healthz")[0] == 200
    assert "internal error" not in str(process.log)
    assert "Traceback" not in str(process.log)
