"""Where a flagd asks nobody who they are."""

from pathlib import Path

import pytest

from flagd.rpc.transport import TlsFiles
from flagd.server.exposure import exposures
from flagd.server.options import Options
from flagd.sources.operator import OperatorSettings
from flagd.transport.channel import Credentials

FILE = Path("unused")
OPEN = "0.0.0.0:8015"


@pytest.mark.parametrize(
    ("settings", "open_"),
    [
        ({}, True),
        ({"tls": TlsFiles(FILE, FILE)}, True),
        ({"tls": TlsFiles(FILE, FILE, FILE)}, False),
        ({"ruleset_tokens": FILE}, False),
        ({"deployment_keys": "required"}, False),
        ({"ruleset_listen": None}, False),
    ],
)
def test_the_ruleset_port_is_open_where_nobody_must_say_who_it_is(settings, open_):
    options = Options(manifests=FILE, **{"ruleset_listen": OPEN, **settings})
    assert [each.option for each in exposures(options)] == ["--ruleset-listen"] * open_


@pytest.mark.parametrize("ca", [None, FILE])
def test_whoever_answers_as_operator_or_peer_is_believed_without_a_ca(ca):
    operator = OperatorSettings(("a:1", "b:1"), "flagd", Credentials(ca, token=FILE), ("c:1",))
    found = [(each.option, each.address) for each in exposures(Options(operator=operator))]
    assert found == ([] if ca else [("--operator", "a:1"), ("--operator", "b:1"), ("--peers", "c:1")])
