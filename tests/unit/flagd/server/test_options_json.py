"""Options survive the way into Envoy's process, which is JSON in an environment variable."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flagd.rpc.transport import TlsFiles
from flagd.server.options import Options
from flagd.server.options_json import give, take
from flagd.sources.operator import OperatorSettings
from flagd.transport.channel import Credentials

FOLLOWING = OperatorSettings(["operator:8015"], "flagd-0", Credentials(ca=Path("/ca.crt")), ["flagd:8015"], 30.0)


@pytest.mark.parametrize(
    "options",
    [
        Options(manifests=Path("/flags")),
        Options(
            manifests=Path("/flags"),
            transport="envoy",
            state_dir=Path("/state"),
            deployment_keys="required",
            management_tls=True,
            tls=TlsFiles(Path("/tls.crt"), Path("/tls.key"), Path("/ca.crt")),
            drain_seconds=2.5,
            cors_origins=("https://shop.example", "*"),
            events_to="amplitude+https://api2.amplitude.com/2/httpapi",
            events_key=Path("/key"),
            assignment_events=True,
            insecure_events=True,
            log_level="debug",
            log_format="json",
        ),
        Options(manifests=None, operator=FOLLOWING, tls=TlsFiles(Path("/tls.crt"), Path("/tls.key"))),
        Options(manifests=None, operator=replace(FOLLOWING, peer_credentials=Credentials(token=Path("/token")))),
    ],
)
def test_what_is_taken_is_what_was_given(options):
    assert take(json.loads(json.dumps(give(options)))) == options
