"""The API server is reached through the proxy that kubectl would take, and directly where kubectl goes directly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.recorder import Recorder
from tests.cluster.test_kubeconfig import Asker, asker, document, pki

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["asker", "pki"]

SERVER = "https://api.cluster.invalid:6443"
"""Reached through a proxy or not at all."""


@pytest.fixture
def proxy() -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "none": ({}, {}),
    "proxy-url": ({"proxy-url": "http://PROXY"}, {}),
    "proxy-url with a user": ({"proxy-url": "http://ann:secret@PROXY"}, {}),
    "HTTPS_PROXY": ({}, {"HTTPS_PROXY": "http://PROXY"}),
    "https_proxy": ({}, {"https_proxy": "http://PROXY"}),
    "HTTPS_PROXY without a scheme": ({}, {"HTTPS_PROXY": "PROXY"}),
    "HTTPS_PROXY that is empty": ({}, {"HTTPS_PROXY": ""}),
    "HTTPS_PROXY and the other spelling": ({}, {"HTTPS_PROXY": "http://PROXY", "https_proxy": "http://127.0.0.1:1"}),
    "HTTP_PROXY": ({}, {"HTTP_PROXY": "http://PROXY"}),
    "ALL_PROXY": ({}, {"ALL_PROXY": "http://PROXY"}),
    "proxy-url, whatever NO_PROXY says": ({"proxy-url": "http://PROXY"}, {"NO_PROXY": "*"}),
    "proxy-url before HTTPS_PROXY": ({"proxy-url": "http://PROXY"}, {"HTTPS_PROXY": "http://127.0.0.1:1"}),
}
NAMED = ["*", "api.cluster.invalid", "cluster.invalid", ".cluster.invalid", "*.cluster.invalid", "invalid", "api"]
NAMED += ["luster.invalid", ".api.cluster.invalid", "API.Cluster.Invalid", " cluster.invalid , x", "x,cluster.invalid"]
NAMED += ["cluster.invalid:6443", "cluster.invalid:443", ".invalid:6443", "10.0.0.0/8", "http://cluster.invalid", ","]
CASES |= {f"NO_PROXY={name}": ({}, {"HTTPS_PROXY": "http://PROXY", "NO_PROXY": name}) for name in NAMED}
CASES |= {"no_proxy": ({}, {"HTTPS_PROXY": "http://PROXY", "no_proxy": "cluster.invalid"})}


def filled(values: dict[str, Any], proxy: Recorder) -> dict[str, Any]:
    return {name: text.replace("PROXY", proxy.url.removeprefix("http://")) for name, text in values.items()}


@pytest.mark.parametrize("title", CASES)
def test_the_proxy_is_the_one_that_kubectl_takes(asker: Asker, proxy: Recorder, title: str):
    cluster, environment = (filled(each, proxy) for each in CASES[title])
    asker.environment |= environment
    file = asker.write(**document(asker, {"token": "abc"}, {"server": SERVER, **cluster}))
    asker.recorder = proxy
    asked = [each[:2] for each in asker.kubectl_asks(file) or ()]
    ours = [each[:2] for each in asker.we_ask(file) or ()]
    assert ours[:1] == asked[:1]
    if title.startswith("proxy-url") or title == "HTTPS_PROXY":
        assert asked[0] == ("CONNECT", "api.cluster.invalid:6443")


def test_what_is_on_this_machine_is_reached_directly(asker: Asker, proxy: Recorder):
    asker.environment |= {"HTTPS_PROXY": proxy.url}
    there = asker.recorder
    for server in (there.url, there.url.replace("127.0.0.1", "localhost")):
        file = asker.write(**document(asker, {"token": "abc"}, {"server": server}))
        asked = asker.kubectl_asks(file)
        assert asked is not None
        assert asker.we_ask(file) == asked
    assert proxy.asked == []


def test_a_kind_of_proxy_that_there_is_not_is_told_without_its_password(asker: Asker):
    cluster = {"server": SERVER, "proxy-url": "socks5://ann:secret@127.0.0.1:1"}
    said = asker.we_say(asker.write(**document(asker, {"token": "abc"}, cluster)))
    assert "proxy-url: '127.0.0.1:1' is not supported as a proxy" in said
