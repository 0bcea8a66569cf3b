"""No error says a word of what flagd is made of (Python, protobuf, libraries), whatever the request."""

import asyncio
import base64
import gzip
import random
import re
import string

import pytest

from flagd.api.access import Access
from flagd.api.services import public_methods, public_routes
from flagd.metrics import Metrics
from flagd.store import Store
from flagd.transport.asgi import Front
from flagd.transport.asgi.frame import frame
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateRequest, User
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.transport.asgi.caller import Caller
from tests.wire.shop import SHOP

WORDS = re.compile(
    r"Error\b|Exception|Traceback|<class|<method|object at|NoneType|\b(dict|str|int|float|bytes|tuple)\b|codec\b"
    r"|[Pp]ython|upb|protobuf|google|[Jj]son_format|orjson|Struct|ListValue|Expecting|Failed to"
)
SEED, RANDOM, STREAM_SECONDS = 20261129, 60, 0.05
JSON = [
    b"",
    b"{",
    b"[]",
    b'"x"',
    b"null",
    b"NaN",
    b"\xff\xfe{}",
    b'{"\\ud800": 1}',
    b'{"user": "\\ud800"}',
    b'{"user": 1, "user": 2}',
    b'{"user": {"userId": {}}}',
    b'{"user": {"userId": 1e999}}',
    b'{"user": {"userProperties": {"a": -Infinity}}}',
    b'{"user": {"userProperties": []}}',
    b'{"user": {"groups": {"company": [[]]}}}',
    b'{"user": {"cohortIds": {"a": 1}}}',
    b'{"user": {"cohort_ids": [1, null]}}',
    b'{"users": {}}',
    b'{"users": [null, 1]}',
    b'{"flagKeys": 1, "flagKey": [], "key": {}}',
    b'{"flag_keys": [{}], "project": 1, "nothing": true}',
    b'{"context": []}',
    b'{"context": {"targetingKey": {}, "groups": 1}}',
    b'{"context": {"groups": {"company": {"properties": 1}}}}',
    b'{"user_id": [], "groups": [], "user_properties": ""}',
    b'{"groups": {"company": {}}, "group_properties": {"company": 1}}',
    b'{"service": 1, "host": {}}',
    b'{"a":' * 3000,
    b"\x00" * 100,
]
REQUESTS = [
    EvaluateRequest(project="shop", flag_keys=["colour"], user=User(user_id="ann", user_properties={"a": [1, {}]})),
    EvaluateBatchRequest(users=[User(user_id="ann", groups={"company": {"name": "acme"}})]),
]


def damaged():
    rng = random.Random(SEED)
    for _ in range(RANDOM):
        good = rng.choice(REQUESTS).SerializeToString()
        at = rng.randrange(len(good))
        yield rng.choice((rng.randbytes(40), good[:at], good[:at] + bytes([rng.randrange(256)]) + good[at + 1 :]))


PROTO = [*damaged(), b"\x0a\xff\xff\xff\xff\x0f", b"\x12\x02\xff\xfe"]
WAYS = [
    ("application/grpc", PROTO, frame),
    ("application/grpc+json", JSON, frame),
    ("application/grpc-web", PROTO, frame),
    ("application/grpc-web-text", PROTO, lambda body: base64.b64encode(frame(body))),
    ("application/grpc-web-text", JSON, bytes),
    ("application/connect+json", JSON, frame),
    ("application/connect+proto", PROTO, bytes),
    ("application/proto", PROTO, bytes),
    ("application/json", JSON, bytes),
    ("text/plain", JSON, bytes),
]
ENCODINGS = [{}, {"content-encoding": "gzip"}, {"content-encoding": "deflate"}, {"content-encoding": "br"}]


@pytest.fixture(scope="module")
def services():
    store, metrics = Store(), Metrics()
    store.replace(snapshots(SHOP))
    access = Access(store, metrics)
    return public_methods(access, store, metrics), public_routes(access, store, metrics)


async def said(front, path, body, method="POST", query="", **headers):
    """Return what an answer says in words; of a stream that goes on, nothing."""
    try:
        async with asyncio.timeout(STREAM_SECONDS):
            answer = await Caller(front).call(path, body, method=method, query=query, headers=headers)
    except TimeoutError:
        return ""
    message = {**answer.headers, **(answer.trailers or {})}.get(b"grpc-message", b"")
    return "".join(chr(byte) for byte in answer.body + message if chr(byte) in string.printable)


@pytest.mark.parametrize(("content_type", "bodies", "wrap"), WAYS)
async def test_no_error_of_a_method_names_what_we_are_made_of(services, content_type, bodies, wrap):
    front = Front(*services)
    for method in services[0]:
        for body in bodies:
            text = await said(front, method.path, wrap(body), **{"content-type": content_type})
            assert not WORDS.search(text), (method.path, body, text)


@pytest.mark.parametrize("headers", ENCODINGS)
async def test_no_error_of_plain_http_names_what_we_are_made_of(services, headers):
    front = Front(*services)
    for path in ("/ofrep/v1/evaluate/flags", "/ofrep/v1/evaluate/flags/colour", "/sdk/v2/vardata", "/no"):
        for body in (*JSON, *map(gzip.compress, JSON), gzip.compress(JSON[-1])[:-4]):
            text = await said(front, path, body, **headers)
            assert not WORDS.search(text), (path, body, text)


async def test_no_error_of_a_query_names_what_we_are_made_of(services):
    front = Front(*services)
    queries = ["message=%ff", "message=%7B&encoding=json", "encoding=x", "base64=1&message=*", "flag_keys=%ff"]
    for path in ("/flagd.v1.EvaluationService/Evaluate", "/sdk/v2/vardata", "/v1/vardata", "/sdk/v1/cohort/%ff"):
        for query in queries:
            text = await said(front, path, b"", "GET", query, **{"x-amp-exp-user": "*", "authorization": "Basic *"})
            assert not WORDS.search(text), (path, query, text)
