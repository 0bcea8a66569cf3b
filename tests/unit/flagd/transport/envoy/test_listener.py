"""Envoy's configuration: what it bounds, and what it says of TLS, origins and callers."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import re2

from flagd.rpc.limits import MESSAGE_BYTES
from flagd.rpc.transport import TlsFiles
from flagd.transport.envoy.bootstrap import bootstrap
from flagd.transport.envoy.listener import UTF8_PATH, Listener
from flagd.transport.envoy.secret import write_secrets

pytest.importorskip("pyvoy", reason="pyvoy is not installed")
TLS = TlsFiles(Path("/certs/tls.crt"), Path("/certs/tls.key"))
MTLS = TlsFiles(Path("/certs/tls.crt"), Path("/certs/tls.key"), Path("/ca/ca.crt"))


def listener(tls=None, origins=(), host="127.0.0.1"):
    return Listener(host, 8013, "flagd.server.asgi_app:app", tls, Path("/run/flagd"), origins)


def manager(one):
    return one.config()["filter_chains"][0]["filters"][0]["typed_config"]


def filters(one):
    return [found["name"] for found in manager(one)["http_filters"]]


def routes(one):
    return manager(one)["route_config"]["virtual_hosts"][0]["routes"]


def test_everything_a_caller_may_take_is_bounded():
    http = manager(listener())
    assert http["request_headers_timeout"] == "5s"
    assert http["request_timeout"] == "10s"
    assert http["stream_flush_timeout"] == "30s"
    assert http["max_request_headers_kb"] == 60
    assert http["http2_protocol_options"]["max_concurrent_streams"] == 256
    assert listener().config()["per_connection_buffer_limit_bytes"] == 2 * MESSAGE_BYTES
    monitors = bootstrap(listener(), Path("/run/admin"))["overload_manager"]["resource_monitors"]
    assert {one["name"].rpartition(".")[2] for one in monitors} == {"fixed_heap", "global_downstream_max_connections"}


def test_streams_may_be_silent():
    assert manager(listener())["stream_idle_timeout"] == "0s"


def test_a_second_server_cannot_share_the_port():
    assert listener().config()["enable_reuse_port"] is False


def test_the_admin_interface_is_a_socket_for_its_owner_alone():
    admin = bootstrap(listener(), Path("/run/admin"))["admin"]
    assert admin == {"address": {"pipe": {"path": "/run/admin", "mode": 0o600}}}


@pytest.mark.parametrize(("host", "compatible"), [("127.0.0.1", False), ("::", True), ("::1", False)])
def test_the_address_is_the_one_asked_for(host, compatible):
    address = listener(host=host).config()["address"]["socket_address"]
    assert address == {"address": host, "port_value": 8013, "ipv4_compat": compatible}


def test_the_app_runs_last_and_in_one_thread():
    app = manager(listener())["http_filters"][-1]["typed_config"]
    config = json.loads(app["filter_config"]["value"])
    assert config == {
        "app": "flagd.server.asgi_app:app",
        "interface": "asgi",
        "root_path": "",
        "worker_threads": 1,
        "lifespan": True,
    }
    assert app["terminal_filter"] is True


def test_browsers_may_not_call_unless_an_origin_is_named():
    assert filters(listener()) == ["envoy.filters.http.rbac", "envoy.filters.http.grpc_web", "app"]
    assert all("envoy.filters.http.cors" not in route["typed_per_filter_config"] for route in routes(listener()))


@pytest.mark.parametrize(
    ("origins", "matches"),
    [
        (("https://a.example", "https://b.example"), [{"exact": "https://a.example"}, {"exact": "https://b.example"}]),
        (("*",), [{"prefix": ""}]),
    ],
)
def test_browsers_of_the_origins_named_may_call(origins, matches):
    one = listener(origins=origins)
    assert filters(one)[0] == "envoy.filters.http.cors"
    for route in routes(one):
        policy = route["typed_per_filter_config"]["envoy.filters.http.cors"]
        assert policy["allow_origin_string_match"] == matches


def test_a_usual_call_meets_no_filter_that_has_nothing_to_do():
    one = listener()
    assert all(found.get("disabled", False) for found in manager(one)["http_filters"][:-1])
    assert routes(one)[-1]["match"] == {"prefix": "/", "headers": []}
    assert routes(one)[-1]["typed_per_filter_config"] == {}


def test_routes_have_the_names_of_paths_only_where_calls_are_told_of():
    quiet = listener()
    assert [route["name"] for route in routes(quiet)] == ["other"] * 3
    told = [route["name"] for route in routes(replace(quiet, access_log="-"))]
    assert told[-1] == "other"
    assert {"/flagd.v1.EvaluationService/Evaluate", "/sdk/v1/cohort/*"} < set(told)


def test_plaintext_has_no_transport_socket():
    assert "transport_socket" not in listener().config()["filter_chains"][0]
    assert manager(listener())["forward_client_cert_details"] == "SANITIZE"


@pytest.mark.parametrize(("tls", "required", "details"), [(TLS, False, "SANITIZE"), (MTLS, True, "SANITIZE_SET")])
def test_tls_asks_for_a_certificate_where_an_authority_is_named(tls, required, details):
    chain = listener(tls).config()["filter_chains"][0]
    context = chain["transport_socket"]["typed_config"]
    assert context["require_client_certificate"] is required
    assert context["common_tls_context"]["alpn_protocols"] == ["h2", "http/1.1"]
    assert context["common_tls_context"]["tls_params"] == {"tls_minimum_protocol_version": "TLSv1_2"}
    assert chain["transport_socket_connect_timeout"] == "5s"
    assert manager(listener(tls))["forward_client_cert_details"] == details


def test_secrets_name_the_files_and_the_folders_to_watch(tmp_path):
    write_secrets(MTLS, tmp_path)
    certificate, authority = (
        json.loads((tmp_path / f"{name}.json").read_text())["resources"][0] for name in ("certificate", "client-ca")
    )
    assert certificate["tls_certificate"] == {
        "certificate_chain": {"filename": "/certs/tls.crt"},
        "private_key": {"filename": "/certs/tls.key"},
        "watched_directory": {"path": "/certs"},
    }
    assert authority["validation_context"] == {
        "trusted_ca": {"filename": "/ca/ca.crt"},
        "watched_directory": {"path": "/ca"},
    }


@pytest.mark.parametrize("character", ["a", "~", "\x7f", "\x80", "é", "߿", "ࠀ", "퟿", "\ue000", "￿", "𐀀", "\U0010ffff"])
def test_a_path_in_utf8_passes(character):
    path = "/items/" + quote(character) + "/" + quote(character).lower()
    assert re2.fullmatch(UTF8_PATH, path)


@pytest.mark.parametrize(
    "path",
    [
        "/%ff",
        "/%80",
        "/%c3",
        "/%c3%28",
        "/%c0%80",
        "/%e0%80%80",
        "/%ed%a0%80",
        "/%f0%80%80%80",
        "/%f4%90%80%80",
        "/%zz",
        "/%",
    ],
)
def test_any_other_path_does_not(path):
    assert not re2.fullmatch(UTF8_PATH, path)
