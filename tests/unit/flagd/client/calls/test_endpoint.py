"""Endpoint: what a URL says, and what is never sent over it."""

import pytest

from flagd.client.calls.endpoint import Endpoint


@pytest.mark.parametrize(
    ("url", "protocol", "tls", "address"),
    [
        ("http://localhost:8013", "connect", False, "localhost:8013"),
        ("https://flagd.flags.svc", "connect", True, "flagd.flags.svc:8013"),
        ("http://[::1]:1/", "connect", False, "[::1]:1"),
        ("grpc://127.0.0.1:9", "grpc", False, "127.0.0.1:9"),
        ("grpcs://flagd:9", "grpc", True, "flagd:9"),
    ],
)
def test_a_url_says_protocol_host_and_port(url, protocol, tls, address):
    endpoint = Endpoint.parse(url)
    assert (endpoint.protocol, endpoint.tls, endpoint.address) == (protocol, tls, address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8013",
        "ftp://a:1",
        "http://",
        "http://a:b",
        "http://u:secret@a",
        "http://a/path",
        "http://a?q",
        "//a",
    ],
)
def test_what_is_not_such_a_url_is_told_without_what_may_be_a_password(url):
    with pytest.raises(ValueError, match=r"\w") as refused:
        Endpoint.parse(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://flagd:8013", "grpc://10.0.0.1:8013", "http://127.0.0.1.example.org"])
def test_a_key_leaves_this_machine_in_tls_only_unless_somebody_says_so(url):
    with pytest.raises(ValueError, match="insecure=True"):
        Endpoint.parse(url, "key")
    assert Endpoint.parse(url, "key", insecure=True).authorization == {"authorization": "Api-Key key"}
    assert not Endpoint.parse(url).authorization


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://flagd:1"])
def test_a_key_may_be_shown_on_this_machine_and_in_tls(url):
    assert Endpoint.parse(url, "key").authorization


@pytest.mark.parametrize("key", ["a\r\nb: c", "a\n", "ä", "a\0"])
def test_a_key_cannot_smuggle_a_header(key):
    with pytest.raises(ValueError, match="not a deployment key"):
        Endpoint.parse("https://flagd:1", key)


def test_a_key_stands_in_no_log():
    assert "secret" not in repr(Endpoint.parse("https://flagd:1", "secret"))
