"""Verb: what somebody asks of a run by an annotation, heard once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """In the order in which one tick hears them."""

    ABORT = "abort"
    PAUSE = "pause"
    RESUME = "resume"
    APPROVE = "approve"
    PROMOTE = "promote"
    RETRY = "retry"


BRAKES = frozenset({Verb.ABORT, Verb.PAUSE})
"""Quote the run only, so that none comes too late for a step."""


FORCE = "+force"
"""At the end of the token of a promote."""


@dataclass(frozen=True, slots=True)
class Request:
    """A verb as it is asked for.

    Attributes:
        verb: what is to be done.
        token: what it quotes: for approve, promote and resume the token of the run, for the brakes text that begins
            with its id, for retry any text that is new. A promote with FORCE overrules a failing guard.
        by: who asks, as far as known.
    """

    verb: Verb
    token: str
    by: str = ""

    @property
    def is_forced(self) -> bool:
        """Whether a failing guard is not an obstacle."""
        return self.verb is Verb.PROMOTE and self.token.endswith(FORCE)

    def is_meant_for(self, run: str, token: str) -> bool:
        """Return whether this is about the run with the id `run`, which stands at `token`."""
        if self.verb is Verb.RETRY:
            return True
        if self.verb in BRAKES:
            return self.token.partition("-")[0] == run
        return self.token.removesuffix(FORCE) == token


@dataclass(frozen=True, slots=True)
class Handled:
    """A request that was heard.

    Attributes:
        verb: what was asked for.
        token: what it quoted.
        by: who asked.
        at: seconds since 1970.
    """

    verb: Verb
    token: str
    by: str
    at: float
