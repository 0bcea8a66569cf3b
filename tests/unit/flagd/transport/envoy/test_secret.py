"""TLS files as Envoy's secrets."""

import json
from pathlib import Path

from flagd.rpc.transport import TlsFiles
from flagd.transport.envoy.secret import tls_socket, write_secrets

TLS = TlsFiles(Path("/certs/tls.crt"), Path("/certs/tls.key"))
MTLS = TlsFiles(Path("/certs/tls.crt"), Path("/certs/tls.key"), Path("/ca/ca.crt"))


def _secret(file):
    (resource,) = json.loads(file.read_text())["resources"]
    return resource


def _context(tls, folder):
    return tls_socket(tls, folder)["typed_config"]


def test_a_rotation_is_seen_in_the_folder_of_the_certificate(tmp_path):
    write_secrets(TLS, tmp_path)
    assert _secret(tmp_path / "certificate.json")["tls_certificate"] == {
        "certificate_chain": {"filename": "/certs/tls.crt"},
        "private_key": {"filename": "/certs/tls.key"},
        "watched_directory": {"path": "/certs"},
    }
    assert not (tmp_path / "client-ca.json").exists()


def test_with_a_ca_callers_must_show_a_certificate_of_it(tmp_path):
    write_secrets(MTLS, tmp_path)
    assert _secret(tmp_path / "client-ca.json")["validation_context"]["trusted_ca"] == {"filename": "/ca/ca.crt"}
    assert _context(MTLS, tmp_path)["require_client_certificate"] is True
    assert _context(TLS, tmp_path)["require_client_certificate"] is False


def test_the_listener_reads_the_files_that_are_written(tmp_path):
    write_secrets(MTLS, tmp_path)
    common = _context(MTLS, tmp_path)["common_tls_context"]
    for reference in (*common["tls_certificate_sds_secret_configs"], common["validation_context_sds_secret_config"]):
        file = Path(reference["sds_config"]["path_config_source"]["path"])
        assert _secret(file)["name"] == reference["name"]


def test_old_tls_is_refused_and_http2_offered_first(tmp_path):
    common = _context(TLS, tmp_path)["common_tls_context"]
    assert common["tls_params"] == {"tls_minimum_protocol_version": "TLSv1_2"}
    assert common["alpn_protocols"][0] == "h2"
