"""Where the token of the moment comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagoperator.cluster.connection import TOKEN_SECONDS, ConfiguredConnection

if TYPE_CHECKING:
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
