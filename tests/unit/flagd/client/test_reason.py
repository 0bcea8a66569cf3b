import json
import ssl

import pytest

from flagd.client.reason import reason


def untrusted():
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)")
    error.verify_message = "certificate has expired"
    return error


def not_json():
    try:
        json.loads("{")
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused"),
        (FileNotFoundError(2, "No such file or directory", "flags.json"), "flags.json: no such file or directory"),
        (untrusted(), "the certificate is not accepted: certificate has expired"),
        (not_json(), "it is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (OSError("the name flagd cannot be resolved"), "the name flagd cannot be resolved"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_people_read_words_and_no_numbers_of_errors(error, said):
    assert reason(error) == said
