"""What the client's tests share: a server that is told what to say, and clients that do not wait long."""

from contextlib import ExitStack

import pytest

from flagd.backoff import Backoff
from flagd.client import FlagClient
from flagd.client.following import follower
from tests.unit.flagd.client.server import serving


@pytest.fixture
def server():
    with serving() as made:
        yield made


@pytest.fixture
def client(monkeypatch):
    """Make clients, which are closed after the test: ``client(url, …)``."""
    monkeypatch.setattr(follower, "RECONNECT", Backoff(0.01, 0.01))
    with ExitStack() as made:

        def make(*arguments, **options):
            one = FlagClient(*arguments, **options)
            made.callback(one.close)
            return one

        yield make
