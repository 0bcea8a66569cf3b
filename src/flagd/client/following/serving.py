"""Serving: what a local client answers from at one time, and how it stands with its server. Both are replaced whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.client.decisions import Table

if TYPE_CHECKING:
    from flagd.client.health import Origin
    from flagd.ruleset.hashed_ruleset import HashedRuleset
    from flagd.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Serving:
    """What is answered from.

    Attributes:
        hashed: what the next update is applied to.
        snapshot: the same, ready to answer.
        table: the same, as lookups read it.
        origin: where it is from.
    """

    hashed: HashedRuleset
    snapshot: Snapshot
    table: Table
    origin: Origin

    @classmethod
    def make(cls, hashed: HashedRuleset, snapshot: Snapshot, origin: Origin) -> Serving:
        """Return the same with the table that it is read by."""
        return cls(hashed, snapshot, Table.of(snapshot), origin)


@dataclass(frozen=True, slots=True)
class Contact:
    """How we stand with the server.

    Attributes:
        connected: whether a stream is open and has said something.
        stale: whether the server itself has lost touch with its source.
        as_of: when a server last vouched for what is held, in seconds since 1970; None = never.
        error: why not; empty while all is well.
    """

    connected: bool = False
    stale: bool = False
    as_of: float | None = None
    error: str = ""
