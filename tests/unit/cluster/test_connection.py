"""Where the token of the moment comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kubernetes.config import kube_config

from flagoperator.cluster.connection import (
    TOKEN_SECONDS,
    ConfiguredConnection,
    ConnectionSettingsError,
    find_connection,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kubernetes.client import Configuration


class Credentials:
    """A token that is another one whenever it is asked for, and a clock that stands still."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = 100.0

    def load(self, configuration: Configuration) -> None:
        configuration.refresh_api_key_hook = self._renew

    def clock(self) -> float:
        return self.now

    def _renew(self, configuration: Configuration) -> None:
        self.asked += 1
        configuration.api_key["authorization"] = f"Bearer token-{self.asked}"


@pytest.fixture
def credentials() -> Credentials:
    return Credentials()


def test_a_token_is_asked_for_every_few_seconds_and_not_at_every_call(credentials: Credentials):
    connection = ConfiguredConnection(credentials.load, credentials.clock)
    assert [connection.token(), connection.token()] == ["token-1", "token-1"]
    credentials.now += TOKEN_SECONDS
    assert connection.token() == "token-2"


def test_a_token_that_was_refused_is_asked_for_at_once(credentials: Credentials):
    connection = ConfiguredConnection(credentials.load, credentials.clock)
    connection.token()
    connection.refresh()
    assert connection.token() == "token-2"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello: [", "expected the node content"),
        ("[1]", "it is not of the form of a kubeconfig"),
        ("a: 1", "current-context"),
        ("clusters: [{name: it, cluster: 1}]\ncontexts: 5\ncurrent-context: it", "kubeconfig"),
    ],
)
def test_a_file_that_is_no_kubeconfig_is_told_of_in_one_line(text: str, says: str, tmp_path: Path):
    file = tmp_path / "kubeconfig"
    file.write_text(text)
    with pytest.raises(ConnectionSettingsError) as failed:
        find_connection(file, None)
    assert str(failed.value).startswith(f"kubeconfig {file}: ")
    assert says in str(failed.value)
    assert "\n" not in str(failed.value)


def test_without_any_kubeconfig_it_is_said_where_one_is_looked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", "/nonexistent")
    with pytest.raises(ConnectionSettingsError, match=r"KUBECONFIG or ~/.kube/config; or give --kubeconfig"):
        find_connection(None, None)
