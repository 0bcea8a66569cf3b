"""Health: what a client knows of itself. Frozen flags must be seen from outside, not after two weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["", "bootstrap", "last good", "server"]


@dataclass(frozen=True, slots=True)
class Health:
    """One look at a client.

    Attributes:
        ready: whether lookups are answered from a ruleset, or by a server.
        connected: whether a stream to a server is open, or the last call to it succeeded.
        stale: whether what is answered from may be out of date: no server vouches for it now.
        revision: content hash of what is answered from; empty = nothing, or a server decides.
        flags: how many flags are answered from.
        origin: where they are from; empty = there are none, or a server decides.
        age_seconds: how long ago a server last said that they are current; None = never, as far as is known.
        forked: whether this process is a fork of the one that made the client.
        error: why there is no connection, or what was refused last; empty while all is well.
    """

    ready: bool
    connected: bool
    stale: bool
    revision: str
    flags: int
    origin: Origin
    age_seconds: float | None
    forked: bool
    error: str
