"""The command `flagoperator`: options, and what is said to who uses it wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from flagoperator.cli import _options, main
from flagoperator.run.options import Options

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = {"KUBECONFIG": "/nonexistent", "HOME": "/nonexistent", "KUBERNETES_SERVICE_HOST": ""}


def settings(**changed: object) -> dict[str, object]:
    defaults: dict[str, object] = {each.name: each.default for each in main.commands["run"].params}  # type: ignore[attr-defined]
    return {name: None if "UNSET" in repr(value) else value for name, value in defaults.items()} | changed


def test_lists_are_split_and_services_named():
    options = _options(
        settings(
            namespaces="shop, ads", evaluation_service="flags/flag-evaluation", peers=("a:1", "b:2"), insecure=True
        )
    )
    assert options.namespaces == ("shop", "ads")
    assert options.peers == ("a:1", "b:2")
    assert options.evaluation_service == ("flags", "flag-evaluation")


def test_defaults_are_those_of_the_options():
    options, defaults = _options(settings()), Options()
    for name in ("namespaces", "relist_seconds", "listen", "management_listen", "lease_namespace", "peers", "tls"):
        assert getattr(options, name) == getattr(defaults, name)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--evaluation-service", "flag-evaluation"], "is not NAMESPACE/NAME"),
        (["--listen", "8015"], "is not HOST:PORT"),
        (["--relist-interval", "0"], "is not in the range x>=1"),
        (["--serving-listen", "0.0.0.0:8016"], "--serving-listen 0.0.0.0:8016: callers show tokens, which must not"),
        (["--serving-listen", "8016"], "is not HOST:PORT"),
        (["--peers", "127.0.0.1:70000", "--insecure"], "'127.0.0.1:70000' is not HOST:PORT"),
        (["--peers", "flagd:8015,flagd-0", "--insecure"], "'flagd-0' is not HOST:PORT"),
        (["--management-tls"], "--management-tls needs --tls-cert and --tls-key"),
        (["--namespaces", "shop,Ads"], "--namespaces: 'Ads' cannot be a namespace"),
        (["--lease-namespace", "flags/flagd"], "--lease-namespace: 'flags/flagd' cannot be a namespace"),
    ],
)
def test_wrong_use_says_what_would_be_right(arguments: list[str], says: str):
    result = CliRunner().invoke(main, ["run", *arguments])
    assert result.exit_code == 2
    assert says in _words(result.output)


def test_subscribers_are_accounts_in_namespaces():
    options = _options(settings(subscribers="flags/flagd, shop/edge.eu", token_audience="flags"))
    assert options.subscribers == (("flags", "flagd"), ("shop", "edge.eu"))
    assert options.token_audience == "flags"


@pytest.mark.parametrize("account", ["flagd", "flags/", "/flagd", "flags/flagd/x", "flags:flagd", "Flags/flagd", "*/*"])
def test_what_names_no_account_is_refused(account: str):
    result = CliRunner().invoke(main, ["run", "--subscribers", f"flags/ok,{account}"])
    assert result.exit_code == 2
    assert f"--subscribers: {account!r} is not NAMESPACE/NAME, such as flags/flagd" in _words(result.output)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--subscribers", "flags/flagd", "--token-file", "FILE"], "either --subscribers or --token-file"),
        (["--subscribers", "flags/flagd", "--token-audience", ""], "--subscribers needs a --token-audience"),
        (["--token-file", "FILE", "--listen", "10.0.0.1:8015"], "tokens must not travel in plain text"),
    ],
)
def test_tokens_are_of_one_kind_and_those_of_a_file_never_in_plain_text(
    arguments: list[str], says: str, tmp_path: Path
):
    (tmp_path / "tokens").write_text("secret")
    files = [str(tmp_path / "tokens") if each == "FILE" else each for each in arguments]
    result = CliRunner().invoke(main, ["run", *files])
    assert result.exit_code == 2
    assert says in _words(result.output)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--listen", "0.0.0.0:0"],
            "--listen: anyone who can reach 0.0.0.0:0 gets all rulesets: set --subscribers, --token-file or "
            "--tls-client-ca, or allow it with --insecure",
        ),
        (
            ["--listen", "0.0.0.0:0", "--subscribers", "flags/flagd"],
            "--listen: anyone who listens in on 0.0.0.0:0 reads rulesets, and tokens to subscribe with: "
            "set --tls-cert, or allow it with --insecure",
        ),
        (
            ["--peers", "flagd-0:8015"],
            "--peers: any server that answers at flagd-0:8015 decides what broken flags keep serving: "
            "set --peer-ca, or allow it with --insecure",
        ),
    ],
)
def test_without_authentication_nothing_goes_beyond_this_machine_unless_somebody_says_so(
    arguments: list[str], says: str
):
    result = CliRunner().invoke(main, ["run", *arguments])
    assert result.exit_code == 2
    assert says in _words(result.output)
    with main.commands["run"].make_context("run", [*arguments, "--insecure"]) as context:  # type: ignore[attr-defined]
        assert _options(context.params)


def test_tls_needs_both_files(tmp_path: Path):
    certificate = tmp_path / "tls.crt"
    certificate.write_text("")
    result = CliRunner().invoke(main, ["run", "--tls-cert", str(certificate)])
    assert result.exit_code == 2
    assert "belong together" in result.output


def test_every_option_has_a_variable_and_a_default_or_none():
    for parameter in main.commands["run"].params:  # type: ignore[attr-defined]
        assert parameter.envvar == "FLAGSERVICE_" + parameter.opts[0].strip("-").replace("-", "_").upper()


def test_without_an_api_server_it_says_what_was_tried(monkeypatch: pytest.MonkeyPatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, ["run", "--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0"])
    assert result.exit_code == 3


def _words(output: str) -> str:
    return " ".join(output.split())


@pytest.mark.parametrize(
    "url", ["prometheus:9090", "ftp://prometheus", "http://", "http://prometheus/?a=b", "http://prometheus:99999"]
)
def test_an_address_of_prometheus_that_is_none_is_refused(url: str):
    result = CliRunner().invoke(main, ["run", "--prometheus-url", url])
    assert result.exit_code == 2
    assert "is not an address such as http://prometheus.monitoring:9090" in result.output


def test_a_namespace_label_that_is_none_is_refused():
    options = ["--prometheus-url", "http://prometheus:9090", "--prometheus-namespace-label", 'a="b"']
    result = CliRunner().invoke(main, ["run", *options])
    assert result.exit_code == 2
    assert "is not the name of a label, such as namespace" in result.output


def test_sources_of_lists_are_read_before_anything_runs_and_wrong_ones_are_refused(tmp_path: Path):
    file = tmp_path / "sources.yaml"
    file.write_text("exports: {folder: /lists}\n")
    assert _options(settings(list_sources=file)).sources["exports"].folder is not None
    file.write_text("warehouse: {url: 'http://warehouse.example/'}\n")
    result = CliRunner().invoke(main, ["run", "--list-sources", str(file)])
    assert result.exit_code == 2
    assert "--list-sources" in result.output
    assert "url must be an address such as https://" in " ".join(result.output.split())
