from __future__ import annotations

import pytest

from flagctl.remote.obstacle import in_words

ALL = "failed to connect to all addresses; last error: "
TLS = f"{ALL}UNKNOWN: ipv4:127.0.0.1:8013: Tls handshake failed (TSI_PROTOCOL_FAILURE): SSL_ERROR_SSL: error:1"


@pytest.mark.parametrize(
    ("details", "tls", "said"),
    [
        (f"{ALL}UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to remote host: Connection refused", False, "refused"),
        (
            f"{TLS}:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED: certificate has expired: OK",
            True,
            "expired;",
        ),
        (
            f"{TLS}:OPENSSL_internal:WRONG_VERSION_NUMBER: Invalid context: OK",
            True,
            "leave the TLS options",
        ),
        (f"{ALL}UNKNOWN: Custom check failed: Hostname Verification Check failed.", True, "--tls-server-name"),
        (
            "errors resolving a.invalid:8013: [field:hostname: Domain name not found]",
            False,
            "no such host",
        ),
        (f"{ALL}UNAVAILABLE: ipv4:127.0.0.1:8013: Socket closed", False, "does it want --tls?"),
        (f"{ALL}UNAVAILABLE: ipv4:127.0.0.1:8013: Unwrap failed (TSI_DATA_CORRUPTED)", True, "--tls-cert"),
        ("something new", False, "something new"),
    ],
)
def test_what_grpc_says_becomes_what_to_do(details: str, tls: bool, said: str) -> None:
    found = in_words(details, tls=tls)
    assert said in found
    assert "ipv4" not in found
