import pytest

from flagd.api.ofrep.failure import InvalidContext, ParseError
from flagd.api.ofrep.question import caller, given_context
from flagd.rpc.route import Request


def asked(body):
    return Request("POST", "/", "", "", {}, body)


@pytest.mark.parametrize(
    ("headers", "authorization"),
    [
        ({}, None),
        ({"x-api-key": "k"}, "Api-Key k"),
        ({"x-api-key": "k", "authorization": "Api-Key other"}, "Api-Key other"),
    ],
)
def test_a_key_may_come_in_a_header_of_its_own(headers, authorization):
    assert caller(headers).metadata.get("authorization") == authorization


@pytest.mark.parametrize(
    ("body", "context"),
    [(b"", {}), (b"{}", {}), (b'{"context": null}', {}), (b'{"context": {"a": 1}, "more": 2}', {"a": 1})],
)
def test_a_context_may_be_left_out(body, context):
    assert given_context(asked(body)) == context


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'{"contxt": {}}'])
def test_a_body_that_is_not_one_is_refused(body):
    with pytest.raises(ParseError):
        given_context(asked(body))


@pytest.mark.parametrize("body", [b'{"context": []}', b'{"context": "ann"}'])
def test_a_context_that_is_not_one_is_refused(body):
    with pytest.raises(InvalidContext):
        given_context(asked(body))
