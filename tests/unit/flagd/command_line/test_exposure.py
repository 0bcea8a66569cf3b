"""What a process says of where nobody has to say who they are."""

import logging

import pytest

from flagd.command_line.exposure import Exposure, refusal, report


@pytest.mark.parametrize(
    ("listen", "starts", "level"),
    [
        *((address, True, logging.INFO) for address in ("localhost:1", "127.0.0.1:0", "127.1.2.3:1", "[::1]:8015")),
        *(
            (address, False, logging.WARNING)
            for address in ("0.0.0.0:8015", "[::]:1", "10.0.0.1:1", "flagd.svc:1", "localhost.:1")
        ),
    ],
)
def test_beyond_loopback_it_is_refused_with_the_two_ways_out_and_on_it_logged(listen, starts, level, caplog):
    caplog.set_level(logging.INFO)
    found = [Exposure.giving("--listen", listen, "--tls-client-ca")]
    text = f"anyone who can reach {listen} gets all rulesets: set --tls-client-ca"
    assert refusal(found) == ("" if starts else f"--listen: {text}, or allow it with --insecure")
    report(found)
    assert [(record.levelno, record.message) for record in caplog.records] == [(level, text)]
