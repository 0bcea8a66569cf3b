"""Flags: what a test says that flags are, and what the code under test asked for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flagd.client.decisions import Table
from flagd.client.health import Health
from flagd.client.listeners import Listeners
from flagd.client.variant import ErrorCode, Variant

if TYPE_CHECKING:
    from collections.abc import Collection

    from flagd.client.user import User
    from flagd.testing.known import Known


class Flags:
    """Stands in for the evaluation of every client. A flag that no test has set gives the caller's default.

    Attributes:
        given: how often each variant was given, by flag and variant, since the start of the session.
    """

    def __init__(self, known: Known) -> None:
        """Let flags of `known` be set, and no other."""
        self.table = Table.of(None)
        self.changes: Listeners[frozenset[str]] = Listeners()
        self.healths: Listeners[Health] = Listeners()
        self.known = known
        self.given: Counter[tuple[str, str]] = Counter()
        self._set: dict[str, Variant[Any]] = {}
        self._asked: set[str] = set()

    def set(self, flag_key: str, variant_key: str) -> None:
        """Have every user get this variant until the end of the test. Raises UnknownFlagError."""
        self._set[flag_key] = self.known.variant(flag_key, variant_key)
        self._asked.discard(flag_key)
        self.changes.tell(frozenset({flag_key}))

    @property
    def unused(self) -> list[str]:
        """Keys of flags that were set and that nobody has asked for since."""
        return sorted(self._set.keys() - self._asked)

    def reset(self) -> None:
        """Forget what was set."""
        self._set.clear()
        self._asked.clear()

    # What clients ask.

    def look(self, flag_key: str, _user: User, *, exposes: bool = True) -> Variant[Any] | None:
        """Return what was set; None = nothing was."""
        del exposes  # nobody is told of tests
        self._asked.add(flag_key)
        found = self._set.get(flag_key)
        if flag_key in self.known.flags:
            self.given[flag_key, found.key if found else "off"] += 1
        return found

    def all(self, user: User) -> dict[str, Variant[Any]]:
        """Return all that was set."""
        return {key: found for key in list(self._set) if (found := self.look(key, user)) is not None}

    def absence(self, flag_key: str) -> tuple[ErrorCode | None, str]:
        """Return that a flag is unknown, or that it was not set."""
        if flag_key in self.known.flags:
            return None, ""
        return ErrorCode.FLAG_NOT_FOUND, "there is no such flag among those that the tests know"

    def variants(self, flag_key: str) -> Collection[str]:
        """Return the keys of the variants that a flag has."""
        return self.known.variants(flag_key) if flag_key in self.known.flags else ()

    @property
    def health(self) -> Health:
        """Ready, and connected to nobody."""
        return Health(True, False, False, "", len(self.known.flags), "bootstrap", None, False, "")

    @property
    def source(self) -> tuple[str, str]:
        """No project and no revision."""
        return "", ""

    def wait_seeded(self) -> None:
        """Return at once."""

    def wait_ready(self, _timeout: float) -> bool:
        """Return at once."""
        return True

    def start(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
