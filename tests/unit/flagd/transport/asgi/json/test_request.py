"""JSON as messages: what is of another shape than its field is refused by place, never dropped."""

import json
import re

import pytest
from google.protobuf.json_format import ParseDict
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from flagd.api.evaluation.context import evaluation_context
from flagd.rpc.status import InvalidArgument
from flagd.transport.asgi.json.request import read_json_request
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateRequest

PYTHON = re.compile(r"Error\b|<class|<method|object at|NoneType|\bdict\b|\bint\b|\bstr\b|codec|protobuf|upb|Traceback")


async def read(data, request=EvaluateRequest):
    return await read_json_request(data.encode() if isinstance(data, str) else data, request)


SHAPES = [
    ("[]", "body: must be an object, not a list"),
    ('"x"', "body: must be an object, not a string"),
    ("null", "body: must be an object, not null"),
    ('{"user": "ann"}', "user: must be an object, not a string"),
    ('{"user": ["ann"]}', "user: must be an object, not a list"),
    ('{"user": {"userId": ["ann"]}}', "user.user_id: must be a string, not a list"),
    ('{"user": {"userProperties": [1]}}', "user.user_properties: must be an object, not a list"),
    ('{"user": {"cohortIds": "beta"}}', "user.cohort_ids: must be a list, not a string"),
    ('{"user": {"cohortIds": [1]}}', "user.cohort_ids[0]: must be a string, not a number"),
    ('{"user": {"groups": ["acme"]}}', "user.groups: must be an object, not a list"),
    ('{"user": {"groups": {"company": [["acme"]]}}}', "user.groups.company: must be a list of names, not a list"),
    ('{"user": {"groups": {"company": {"name": {}}}}}', "user.groups.company.name: must be a string, not an object"),
    ('{"flagKeys": "checkout"}', "flag_keys: must be a list, not a string"),
    ('{"flagKeys": [null]}', "flag_keys[0]: must be a string, not null"),
    ('{"project": 1}', "project: must be a string, not a number"),
]


@pytest.mark.parametrize(("data", "message"), SHAPES)
async def test_a_wrong_shape_is_refused_by_its_place(data, message):
    with pytest.raises(InvalidArgument) as refused:
        await read(data)
    assert refused.value.message == message


UNKNOWN = [
    ('{"user": {"userid": "eve"}}', 'user: unknown member "userid"; did you mean userId?'),
    ('{"usr": {}}', 'body: unknown member "usr"; did you mean user?'),
    ('{"user": {"groups": {"company": {"nam": "acme"}}}}', 'user.groups.company: unknown member "nam"; did you mean'),
    ('{"flagKeys": [], "zzzzzz": 1}', 'body: unknown member "zzzzzz"'),
    ('{"' + "x" * 1000 + '": 1}', "body: unknown member"),
]


@pytest.mark.parametrize(("data", "message"), UNKNOWN)
async def test_a_member_that_nobody_knows_is_refused_with_the_nearest_name(data, message):
    with pytest.raises(InvalidArgument) as refused:
        await read(data)
    assert refused.value.message.startswith(message)
    assert len(refused.value.message) < 200


async def test_a_field_given_by_both_its_names_is_refused():
    with pytest.raises(InvalidArgument, match=r"^user\.user_id: given twice"):
        await read('{"user": {"user_id": "a", "userId": "b"}}')


@pytest.mark.parametrize("group", ['"acme"', '["acme"]', '["acme", "umbrella"]', '{"name": "acme"}'])
async def test_a_group_may_be_given_as_its_name(group):
    request = await read(json.dumps({"user": {"groups": {"company": json.loads(group)}}}))
    assert evaluation_context(request.user)["groups"] == {"company": {"group_name": "acme"}}


@pytest.mark.parametrize(
    ("value", "text"), [("42", "42"), ("42.0", "42"), ("true", "true"), ("1e21", "1e+21"), ('""', "")]
)
async def test_an_attribute_that_is_no_text_is_taken_as_its_text(value, text):
    request = await read(f'{{"user": {{"userId": {value}, "version": {value}}}}}')
    assert evaluation_context(request.user)["user"] == {"user_id": text, "version": text}


HOSTILE = [
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"[" * 100_000,
    b'{"user": ' + b"9" * 10_000 + b"}",
    b'{"user": {"userProperties": {"a": NaN}}}',
    b'{"user": {"userProperties": {"a": 1e999}}}',
    b'{"user": {"userId": "\\ud800"}}',
    b'{"user": {"userId": "\\u12"}}',
    b'{"flagKeys": [' + b'"",' * 1000 + b'""]}',
    b'{"users": [' + b"{}," * 2000 + b"{}]}",
    b'{"user": {"userProperties": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}}",
    b'{"user": {"userProperties": {"a": [' + b"0," * 6000 + b"0]}}}",
    b'{"user": {"userProperties": {"a": [' + b"[]," * 200_000 + b"[]]}}}",
    b'{"user": {"groups": {' + b",".join(b'"%d": {}' % n for n in range(2000)) + b"}}}",
    b"[" + b'"a,b",' * 200_000 + b'""]',
]


@pytest.mark.parametrize("data", HOSTILE, ids=[str(one[:40]) for one in HOSTILE])
@pytest.mark.parametrize("request_class", [EvaluateRequest, EvaluateBatchRequest])
async def test_hostile_json_is_refused_in_our_own_words(data, request_class):
    with pytest.raises(InvalidArgument) as refused:
        evaluation_context((await read(data, request_class)).user)
    assert not PYTHON.search(refused.value.message)
    assert len(refused.value.message) < 300


async def test_commas_and_brackets_in_texts_are_no_values():
    texts = {f"p{number}": "[,{" * 1000 for number in range(100)}
    request = EvaluateBatchRequest(users=[ParseDict({"userProperties": texts}, EvaluateRequest().user.__class__())])
    data = json.dumps({"users": [{"userProperties": texts}]})
    assert await read(data, EvaluateBatchRequest) == request


@pytest.mark.parametrize(
    ("data", "request_class"),
    [
        ('{"service": "x"}', HealthCheckRequest),
        ('{"fileContainingSymbol": "a.B"}', ServerReflectionRequest),
        (
            '{"host": "h", "fileContainingExtension": {"containingType": "x", "extensionNumber": 7}}',
            ServerReflectionRequest,
        ),
    ],
)
async def test_messages_of_others_are_read_too(data, request_class):
    assert await read(data, request_class) == ParseDict(json.loads(data), request_class())


@pytest.mark.parametrize("number", ['"x"', "[]", "{}", "1.5", "99999999999"])
async def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(InvalidArgument) as refused:
        await read(f'{{"fileContainingExtension": {{"extensionNumber": {number}}}}}', ServerReflectionRequest)
    assert refused.value.message.startswith("file_containing_extension.extension_number: ")
    assert not PYTHON.search(refused.value.message)
