"""Which server a run gets."""

import logging

import pytest

from flagd.server import transport_selection
from flagd.server.embedded import EmbeddedServer
from flagd.server.options import Options
from flagd.server.transport_selection import choose
from flagd.transport.envoy import EnvoyServer


@pytest.mark.parametrize(
    ("transport", "lacking", "server", "said"),
    [
        ("auto", None, EnvoyServer, "transport envoy"),
        ("auto", "pyvoy is not installed", EmbeddedServer, "transport grpcio, since pyvoy is not installed"),
        ("grpcio", None, EmbeddedServer, "transport grpcio"),
        ("envoy", None, EnvoyServer, "transport envoy"),
    ],
)
def test_the_log_says_which_and_why(monkeypatch, caplog, tmp_path, transport, lacking, server, said):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(transport_selection, "missing", lambda: lacking)
    assert isinstance(choose(Options(manifests=tmp_path, transport=transport)), server)
    assert said in caplog.messages


def test_envoy_that_cannot_run_is_refused_where_it_was_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(transport_selection, "missing", lambda: "pyvoy is not installed")
    with pytest.raises(OSError, match="--transport envoy: pyvoy is not installed"):
        choose(Options(manifests=tmp_path, transport="envoy"))
