"""Where a flagd asks nobody who they are, and what it says of it."""

import logging
from pathlib import Path

import pytest

from flagd.rpc.transport import TlsFiles
from flagd.server.exposure import exposures, refusal, report
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


@pytest.mark.parametrize(
    ("listen", "starts", "level"),
    [
        *((address, True, logging.INFO) for address in ("localhost:1", "127.0.0.1:0", "127.1.2.3:1", "[::1]:8015")),
        *(
            (address, False, logging.WARNING)
            for address in (OPEN, "[::]:1", "10.0.0.1:1", "flagd.svc:1", "localhost.:1")
        ),
    ],
)
def test_beyond_loopback_it_is_refused_with_the_two_ways_out_and_on_it_told(listen, starts, level, caplog):
    caplog.set_level(logging.INFO)
    found = exposures(Options(manifests=FILE, ruleset_listen=listen))
    cure = "--ruleset-token-file, --tls-client-ca or --deployment-keys required"
    text = f"anyone who can reach {listen} gets all rulesets: set {cure}"
    assert refusal(found) == ("" if starts else f"--ruleset-listen: {text}, or allow it with --insecure")
    report(found)
    assert [(record.levelno, record.message) for record in caplog.records] == [(level, text)]
