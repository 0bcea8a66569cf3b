"""Sessions: who is signed in, bounded in number and time. What opens one is kept as its hash; tokens stay in memory."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagctl.dashboard.live.person import Person

LONGEST_SECONDS = 8 * 3600.0
MOST = 500
"""How many there are at once; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Session:
    """One person who is signed in.

    Attributes:
        person: acts for them.
        csrf: what their forms must hold.
        ends: seconds of the monotonic clock.
    """

    person: Person
    ends: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Sessions:
    """The table. Lives in one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._by_hash: dict[bytes, Session] = {}

    def open(self, person: Person, key: str = "") -> tuple[str, Session]:
        """Begin a session; return what finds it again: `key`, a token that comes with every request, or a new one."""
        self._drop_ended()
        while len(self._by_hash) >= MOST:
            del self._by_hash[next(iter(self._by_hash))]
        key = key or secrets.token_urlsafe(32)
        session = Session(person, self._clock() + LONGEST_SECONDS)
        self._by_hash[_hash(key)] = session
        return key, session

    def find(self, key: str) -> Session | None:
        """Return the session that `key` opens; None where there is none, or it is over."""
        session = self._by_hash.get(_hash(key)) if key else None
        return session if session is not None and session.ends > self._clock() else None

    def close(self, key: str) -> None:
        """End the session that `key` opens."""
        self._by_hash.pop(_hash(key), None)

    def close_of(self, person: Person) -> None:
        """End all sessions of `person`: the API server no longer accepts them."""
        self._by_hash = {key: each for key, each in self._by_hash.items() if each.person is not person}

    def people(self) -> Iterator[Person]:
        """Yield everybody who is signed in, the newest first."""
        self._drop_ended()
        yield from (session.person for session in reversed(self._by_hash.values()))

    def __len__(self) -> int:
        return len(self._by_hash)

    def _drop_ended(self) -> None:
        now = self._clock()
        self._by_hash = {key: each for key, each in self._by_hash.items() if each.ends > now}


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
