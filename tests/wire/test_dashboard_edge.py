"""`flagctl dashboard` at its edge: HTTPS of its own, and what proxies say of those whose requests they pass on."""

import ssl
import subprocess
from http.client import BadStatusLine, HTTPSConnection
from urllib.parse import urlsplit

import pytest

from tests.cluster.pki import Pki
from tests.wire.dashboard import FLAGCTL, Dashboard
from tests.wire.process import SECONDS

NOWHERE = ("--api-server", "https://127.0.0.1:1")
STRANGER = "203.0.113.9"


def test_pages_come_over_https_with_the_certificate_given_and_not_without(tmp_path):
    authority = Pki(tmp_path)
    certificate, key = authority.sign("dashboard", "/CN=toy", "serverAuth", ("DNS:localhost",))
    with Dashboard("--manifests", "examples", "--tls-cert", certificate, "--tls-key", key) as dashboard:
        place = urlsplit(dashboard.url)
        trusting = ssl.create_default_context(cafile=authority.folder / "ca.crt")
        connection = HTTPSConnection(place.hostname, place.port, timeout=SECONDS, context=trusting)
        connection.request("GET", "/flags")
        reply = connection.getresponse()
        assert (place.scheme, reply.status) == ("https", 200)
        assert b"new-checkout" in reply.read()
        connection.close()
        with pytest.raises((ConnectionError, BadStatusLine)):
            dashboard.get("/flags")


@pytest.mark.parametrize("option", ["--tls-cert", "--tls-key"])
def test_a_certificate_goes_with_its_key(tmp_path, option):
    (tmp_path / "half").write_text("")
    words = [FLAGCTL, "dashboard", "--manifests", "examples", option, tmp_path / "half"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
    assert ended.returncode == 2
    assert "--tls-cert and --tls-key go together" in ended.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--host", "https://flags.example"), ("--trust-proxies", "10.0.0.7,proxy"), ("--api-server", "kubernetes")],
)
def test_what_no_request_could_bear_is_refused(option, value):
    words = [FLAGCTL, "dashboard", "--manifests", "examples", "--listen", "127.0.0.1:0", option, value]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
    assert (ended.returncode, f"Invalid value for {option}" in ended.stderr) == (2, True)


def test_files_that_are_no_certificate_and_key_are_named(tmp_path):
    (tmp_path / "tls.pem").touch()
    files = [word for option in ("--tls-cert", "--tls-key") for word in (option, str(tmp_path / "tls.pem"))]
    words = [FLAGCTL, "dashboard", "--manifests", str(tmp_path), "--listen", "127.0.0.1:0", *files]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
    assert (ended.returncode, ended.stderr) == (3, f"Error: {tmp_path}/tls.pem holds no PEM certificate\n")


@pytest.fixture(scope="module")
def behind():
    """A dashboard of a cluster that is away, behind a proxy on this machine."""
    with Dashboard(*NOWHERE, "--trust-proxies", "127.0.0.1") as dashboard:
        yield dashboard


def signed_in(dashboard, scheme, *senders):
    """Return the status for a token that a proxy passes on: 502 where the API server is asked, which is away."""
    passed_on = {"X_Forwarded_For": ", ".join(senders), "X_Forwarded_Proto": scheme}
    reply = dashboard.post("/sign-in", {"token": "none"}, **passed_on)
    assert ("over HTTPS only" in reply.body) is (reply.status == 403)
    return reply.status


@pytest.mark.parametrize(("scheme", "status"), [("https", 502), ("http", 403)])
def test_a_trusted_proxy_is_believed_how_a_token_came(behind, scheme, status):
    assert signed_in(behind, scheme, STRANGER) == status


@pytest.mark.parametrize("claimed", ["127.0.0.1", "::1", "localhost"])
def test_who_claims_to_be_on_this_machine_is_not_believed_behind_a_proxy(behind, claimed):
    assert signed_in(behind, "http", claimed, STRANGER) == 403


@pytest.mark.parametrize("options", [("--trust-proxies", "192.0.2.1"), ()], ids=["another-proxy", "no-proxy"])
def test_what_others_say_of_a_request_is_not_believed(options):
    with Dashboard(*NOWHERE, *options) as dashboard:
        assert signed_in(dashboard, "http", STRANGER) == 502
