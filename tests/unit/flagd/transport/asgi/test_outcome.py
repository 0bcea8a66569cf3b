"""Outcomes of calls: trailers of gRPC, errors of Connect."""

import json

import pytest

from flagd.rpc.status import HTTP_STATUS, Status
from flagd.transport.asgi.outcome import connect_end, connect_error_body, encode_grpc_message, grpc_trailers


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("plain text ~ !", b"plain text ~ !"),
        ("100 %", b"100 %25"),
        ("two\nlines", b"two%0Alines"),
        ("nul\0", b"nul%00"),
        ("é☃😀", b"%C3%A9%E2%98%83%F0%9F%98%80"),
        ("\x7f", b"%7F"),
        ("lone \ud800", b"lone ?"),
    ],
)
def test_a_message_is_percent_encoded_utf8(text, encoded):
    assert encode_grpc_message(text) == encoded


def test_trailers_hold_status_and_message():
    assert grpc_trailers(Status.OK) == [(b"grpc-status", b"0")]
    assert grpc_trailers(Status.NOT_FOUND, "no é") == [(b"grpc-status", b"5"), (b"grpc-message", b"no %C3%A9")]


@pytest.mark.parametrize(("status", "code"), [(Status.CANCELLED, "canceled"), (Status.NOT_FOUND, "not_found")])
def test_a_connect_error_has_code_and_message(status, code):
    assert json.loads(connect_error_body(status, "why")) == {"code": code, "message": "why"}


def test_the_end_of_a_connect_stream_says_how_it_went():
    assert connect_end(Status.OK) == b"{}"
    assert json.loads(connect_end(Status.UNAVAILABLE, "bye")) == {"error": {"code": "unavailable", "message": "bye"}}


def test_every_failure_has_an_http_status():
    assert set(HTTP_STATUS) == set(Status) - {Status.OK}
