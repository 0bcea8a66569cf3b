"""Takeover: another evaluation answers for all clients of the process, those there are and those to come. For tests."""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flagd.client.decisions import Table
    from flagd.client.health import Health
    from flagd.client.listeners import Listeners
    from flagd.client.user import User
    from flagd.client.variant import ErrorCode, Variant


class Evaluation(Protocol):
    """What a FlagClient asks."""

    table: Table
    changes: Listeners[frozenset[str]]
    healths: Listeners[Health]

    @property
    def health(self) -> Health:
        """How it stands."""

    @property
    def source(self) -> tuple[str, str]:
        """Project and revision of what is answered from."""

    def look(self, flag_key: str, user: User, *, exposes: bool = True) -> Variant[Any] | None:
        """Return what `user` gets of a flag; None = nothing is decided, `absence` says why. Raises LookupFailed.

        `exposes`: whether the user is one who was seen in a rollout from now on.
        """

    def all(self, user: User) -> dict[str, Variant[Any]]:
        """Return the variants of all flags that decide something for `user`. Raises LookupFailed."""

    def absence(self, flag_key: str) -> tuple[ErrorCode | None, str]:
        """Return why a flag is not answered; no error where it decides nothing for the user."""

    def variants(self, flag_key: str) -> Collection[str]:
        """Return the keys of the variants that a flag has, as far as is known here."""

    def wait_seeded(self) -> None:
        """Wait until what is on this machine has been read."""

    def wait_ready(self, timeout: float) -> bool:
        """Wait for something to answer from."""

    def start(self) -> None:
        """Begin, unless it has."""

    def close(self) -> None:
        """End."""


class Client(Protocol):
    """What asks an evaluation."""

    _evaluation: Evaluation


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
_standing_in: list[Evaluation] = []
_own: weakref.WeakKeyDictionary[Client, Evaluation] = weakref.WeakKeyDictionary()


def enter(client: Client, own: Evaluation) -> None:
    """Have `client` ask its `own` evaluation, which starts then, or the one that stands in for all."""
    _clients.add(client)
    if _standing_in:
        _own[client] = own
        client._evaluation = _standing_in[-1]
    else:
        client._evaluation = own
        own.start()


def is_active() -> bool:
    """Whether an evaluation stands in for those of the clients: nothing is to leave the process then."""
    return bool(_standing_in)


@contextmanager
def standing_in(evaluation: Evaluation) -> Iterator[None]:
    """Have all clients ask `evaluation` inside. Those made inside ask their own afterwards, which start when asked."""
    _standing_in.append(evaluation)
    for client in list(_clients):
        _own.setdefault(client, client._evaluation)
        client._evaluation = evaluation
    try:
        yield
    finally:
        _standing_in.remove(evaluation)
        for client, own in list(_own.items()):
            client._evaluation = _standing_in[-1] if _standing_in else own
        if not _standing_in:
            _own.clear()
