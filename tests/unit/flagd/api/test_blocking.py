"""No request holds up the others: whatever stands in 1 MiB, the event loop is never busy with it for long.

Measured is CPU time of the loop's thread between two of its turns, against that of an ordinary batch of 500 answers.
"""

import asyncio
import contextlib
import gc
import gzip
import json
import time
from urllib.parse import quote

import grpc.aio
import pytest
from google.protobuf.struct_pb2 import Struct, Value

from flagd.api.access import Access
from flagd.api.delimited import delimited
from flagd.api.services import public_methods, public_routes
from flagd.metrics import Metrics
from flagd.store import Store
from flagd.transport.asgi import Front
from flagd.transport.asgi.frame import frame
from flagd.transport.grpcio import GrpcioTransport
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.transport.asgi.caller import Caller
from tests.wire.shop import SHOP

RATIO = 20
TRIES = 5
MIB = 1024 * 1024
EVALUATION, SECOND = "/flagd.v1.EvaluationService/", "/flagd.evaluation.v2.Service/"
FIRST, HEALTH = "/flagd.evaluation.v1.Service/", "/grpc.health.v1.Health/"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"


def many(head, item, tail):
    """Return `item` as often as it fits into 1 MiB, commas between, in a frame of text."""
    count = (MIB - len(head) - len(tail)) // (len(item) + 1)
    return head + b",".join([item] * count) + tail


def members(head, tail, value=b"0"):
    return head + b",".join(b'"%d":%b' % (n, value) for n in range(85_000 if value == b"0" else 60_000)) + tail


DEEP = 100_000


@pytest.fixture(scope="module")
def worst_json():
    return {
        "many messages": many(b'{"users":[', b"{}", b"]}"),
        "many groups": members(b'{"user":{"groups":{', b"}}}", b"{}"),
        "many keys": many(b'{"flagKeys":[', b'""', b"]}"),
        "many items": many(b'{"user":{"userProperties":{"a":[', b"0", b"]}}}"),
        "many lists": many(b'{"user":{"userProperties":{"a":[', b"[]", b"]}}}"),
        "many texts": many(b'{"user":{"userProperties":{"a":[', b'""', b"]}}}"),
        "many properties": members(b'{"user":{"userProperties":{', b"}}}"),
        "many cohorts": many(b'{"user":{"cohortIds":[', b'"a"', b"]}}"),
        "a context of lists": many(b'{"context":{"a":[', b"[]", b"]}}"),
        "a context of members": members(b'{"context":{', b"}}"),
        "a user of lists": many(b'{"user_properties":{"a":[', b"[]", b"]}}"),
        "a user of fields": members(b"{", b"}"),
        "deep": b'{"user":{"userProperties":{"a":' + b"[" * DEEP + b"]" * DEEP + b"}}}",
        "deep enough to parse": b'{"context":{"a":' + b"[" * 900 + b"]" * 900 + b"}}",
        "a long key": b'{"' + b"k" * (MIB - 10) + b'":1}',
        "long names of properties": many(b'{"user":{"userProperties":{"a":{"x":[', b'"%b"' % (b"k" * 4000), b"]}}}}"),
        "commas in texts": b'{"user":{"userProperties":{"a":"' + b'","' * 100_000 + b'"}}}',
        "a legal batch of large users": json.dumps(
            {"users": [{"userId": str(n), "userProperties": {str(k): k for k in range(60)}} for n in range(1000)]}
        ).encode(),
        "a legal batch of many answers": json.dumps(
            {"users": [{"userId": str(n)} for n in range(1000)], "flagKeys": [f"f{n}" for n in range(20)]}
        ).encode(),
        "no JSON": b"{" * MIB,
    }


def message(user):
    """Return a request whose second field is `user`: it is a context for those that ask for one."""
    return delimited(2, user)


def properties(struct):
    return User(user_properties=struct).SerializeToString()


@pytest.fixture(scope="module")
def worst_proto():
    lists, nulls, fields = Struct(), Struct(), Struct()
    lists.fields["a"].list_value.values.extend([Value(list_value={})] * 200_000)
    nulls.fields["a"].list_value.values.extend([Value(null_value=0)] * 250_000)
    for number in range(70_000):
        fields.fields[str(number)].null_value = 0
    groups = User(groups={str(number): {} for number in range(70_000)})
    crowd = User(groups={str(g): {"properties": {str(n): n for n in range(45)}} for g in range(100)})
    return {
        "many messages": message(b"") * 500_000,
        "many keys": delimited(3, b"") * 500_000,
        "many lists": message(properties(lists)),
        "many nulls": message(properties(nulls)),
        "many properties": message(properties(fields)),
        "many groups": message(groups.SerializeToString()),
        "groups within the limits": message(crowd.SerializeToString()),
        "many cohorts": message(User(cohort_ids=["a"] * 300_000).SerializeToString()),
        "a context of nulls": message(nulls.SerializeToString()),
        "a context of fields": message(fields.SerializeToString()),
        "all of a context": delimited(1, fields.SerializeToString()),
        "unknown fields": b"\xf8\x07\x01" * 300_000,
        "a legal batch": EvaluateBatchRequest(
            users=[User(user_id=str(n), user_properties={str(k): k for k in range(40)}) for n in range(1000)]
        ).SerializeToString(),
    }


METHODS = [
    *(EVALUATION + name for name in ("Evaluate", "EvaluateBatch", "Explain", "Watch")),
    *(SECOND + name for name in ("ResolveBoolean", "ResolveObject", "EventStream")),
    FIRST + "ResolveAll",
    HEALTH + "Check",
    HEALTH + "Watch",
    REFLECTION,
]
STREAMS = (EVALUATION + "Watch", SECOND + "EventStream", HEALTH + "Watch")
ROUTES = [
    ("POST", "/ofrep/v1/evaluate/flags"),
    ("POST", "/ofrep/v1/evaluate/flags/checkout"),
    ("POST", "/ofrep/v1/nothing"),
    ("POST", "/sdk/v2/vardata"),
    ("POST", "/nothing"),
]


@pytest.fixture(autouse=True)
def short_pauses():
    """What is alive is out of the collector's sight, as it is in a server."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def services():
    store, metrics = Store(), Metrics()
    store.replace(snapshots(SHOP))
    access = Access(store, metrics)
    return public_methods(access, store, metrics), public_routes(access, store, metrics)


async def blocked(work):
    """Return the longest CPU time, in seconds, that the loop was busy for at once while `work` ran."""
    longest, running = 0.0, True

    async def tick():
        nonlocal longest
        while running:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await work()
    running = False
    await ticking
    return longest


async def ordinary(front):
    """Return the CPU time of a batch of 500 answers."""
    body = frame(
        EvaluateBatchRequest(
            users=[User(user_id=str(n), country="CA") for n in range(500)], flag_keys=["checkout"]
        ).SerializeToString()
    )
    before = time.thread_time()
    headers = {"content-type": "application/grpc"}
    answer = await Caller(front).call(EVALUATION + "EvaluateBatch", body, headers=headers)
    assert answer.grpc_status == 0
    return time.thread_time() - before


async def hold_up_nobody(front, send, bodies):
    usual = sorted([await ordinary(front) for _ in range(5)])[2]
    for name, body in bodies.items():
        found = []
        for _ in range(TRIES):
            found.append(await blocked(lambda body=body: send(body)) / usual)
            if found[-1] <= RATIO:
                break
        assert min(found) <= RATIO, f"{name}: {found} times an ordinary batch"


def sender(front, path, verb="POST", gone_after=0.2, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    async def send(body):
        with contextlib.suppress(TimeoutError):  # streams that were let in go on
            async with asyncio.timeout(gone_after):
                await Caller(front).call(path, body, method=verb, headers=fields)

    return send


@pytest.mark.parametrize("path", METHODS)
async def test_no_message_over_asgi_holds_up_others(services, worst_proto, worst_json, path):
    front = Front(*services)
    framed = {name: frame(body) for name, body in worst_proto.items()}
    framed_json = {name: frame(body) for name, body in worst_json.items()}
    gone = 0.2 if path in STREAMS else 20
    ways = [("application/grpc", framed), ("application/grpc+json", framed_json)]
    if path in STREAMS:
        ways += [("application/connect+proto", framed), ("application/connect+json", framed_json)]
    elif path != REFLECTION:
        ways += [("application/proto", worst_proto), ("application/json", worst_json)]
    for content_type, bodies in ways:
        await hold_up_nobody(front, sender(front, path, gone_after=gone, content_type=content_type), bodies)


@pytest.mark.parametrize(("verb", "path"), ROUTES)
async def test_no_body_of_plain_http_holds_up_others(services, worst_json, verb, path):
    front = Front(*services)
    await hold_up_nobody(front, sender(front, path, verb, 20), worst_json)


@pytest.mark.parametrize("encoding", ["gzip"])
async def test_no_compressed_body_holds_up_others(services, worst_json, encoding):
    front = Front(*services)
    bodies = {name: gzip.compress(body, 1) for name, body in worst_json.items()}
    headers = {"content_type": "application/json", "content_encoding": encoding}
    for path in (EVALUATION + "EvaluateBatch", "/ofrep/v1/evaluate/flags", "/sdk/v2/vardata"):
        await hold_up_nobody(front, sender(front, path, "POST", 20, **headers), bodies)


async def test_no_query_holds_up_others(services, worst_json):
    front = Front(*services)
    for name, body in worst_json.items():
        message = quote(body[:50_000])

        async def get(_, message=message):
            query = f"encoding=json&message={message}"
            await Caller(front).call(EVALUATION + "EvaluateBatch", method="GET", query=query)

        await hold_up_nobody(front, get, {name: body})


async def test_no_message_over_grpcio_holds_up_others(services, worst_proto):
    front, transport = Front(*services), GrpcioTransport(services[0], "127.0.0.1:0")
    await transport.start()
    try:
        async with grpc.aio.insecure_channel(transport.address) as channel:
            for path in (EVALUATION + "Evaluate", EVALUATION + "EvaluateBatch", FIRST + "ResolveAll", HEALTH + "Check"):
                call = channel.unary_unary(path)

                async def send(body, call=call):
                    with contextlib.suppress(grpc.RpcError):
                        await call(body)

                await hold_up_nobody(front, send, worst_proto)
    finally:
        await transport.drain(0)


@pytest.mark.parametrize("content_type", ["application/grpc", "application/grpc+json", "application/json"])
async def test_a_caller_without_a_key_is_refused_before_its_message_is_read(content_type):
    store, metrics = Store(), Metrics()
    store.replace(snapshots(SHOP))
    access = Access(store, metrics, "required")
    front = Front(public_methods(access, store, metrics), public_routes(access, store, metrics))
    for path in (EVALUATION + "Evaluate", EVALUATION + "Explain", SECOND + "ResolveString", FIRST + "ResolveAll"):
        answer = await Caller(front).call(path, b"no message at all", headers={"content-type": content_type})
        if content_type == "application/json":
            assert (answer.status, json.loads(answer.body)["code"]) == (401, "unauthenticated")
        else:
            assert answer.grpc_status == 16
    counted = [one for one in metrics.calls if "Evaluate" in str(one)]
    assert counted, "refusals are counted as calls"
    for path in ("/ofrep/v1/evaluate/flags", "/sdk/v2/vardata"):
        assert (await Caller(front).call(path, b"no JSON")).status == 401
