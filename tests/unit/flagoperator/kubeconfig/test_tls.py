import ssl

import pytest

from flagoperator.kubeconfig.credential import Certificate
from flagoperator.kubeconfig.fault import CredentialError
from flagoperator.kubeconfig.tls import tls_context


def test_a_server_is_verified_unless_it_is_said_not_to_be():
    assert tls_context(None, None).verify_mode is ssl.CERT_REQUIRED
    careless = tls_context(None, None, verify=False)
    assert (careless.verify_mode, careless.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("authorities", [b"not pem", "ä".encode()])
def test_an_authority_that_is_not_pem_is_refused(authorities):
    with pytest.raises(CredentialError, match="certificate-authority is not PEM"):
        tls_context(authorities, None)


def test_a_certificate_that_is_not_one_is_refused():
    with pytest.raises(CredentialError, match="do not belong together, or are not PEM"):
        tls_context(None, Certificate(b"chain", b"key"))
