"""Settings: whom a subscriber subscribes to, under which name, and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Sequence

    from flagd.ruleset import Ruleset
    from flagd.sync.subscriber.publishers import Connect
    from flagd.v1.ruleset_pb2 import AdmissionCount, AdmissionQuery, Role, UserSample

STALE_SECONDS = 30.0
"""Silence after which what is served is called stale: two heartbeats."""


Count = Callable[["Sequence[AdmissionQuery]"], "Iterable[AdmissionCount]"]
SampleNews = Callable[["Sequence[AdmissionQuery]", dict[int, int]], "Iterable[UserSample]"]


@dataclass(frozen=True, slots=True)
class Hosts:
    """Servers of one kind, and how to get there.

    Attributes:
        names: ``name:port``; all addresses of a name are subscribed to.
        connect: makes an endpoint of an address (``ip:port``) and the name that stands for it.
    """

    names: Sequence[str]
    connect: Connect


@dataclass(frozen=True, slots=True)
class Settings:
    """Whom to subscribe to, and as whom.

    Attributes:
        role: what we are.
        name: of our pod or process.
        publishers: those that are followed.
        peers: asked for their rulesets by a start that has none; no names = nobody is.
        stale_seconds: silence after which what is served is called stale.
        source: what publishers are called in the log.
        count: counts answers that publishers ask about; None = nothing is counted.
        sample: returns users seen that a stream was not told of yet, and notes that it was; None = nobody is seen.
    """

    role: Role
    name: str
    publishers: Hosts
    peers: Hosts
    stale_seconds: float = STALE_SECONDS
    source: str = "the operator"
    count: Count | None = None
    sample: SampleNews | None = None


class Observer(Protocol):
    """Is notified of what becomes of each project."""

    def remember(self, ruleset: Ruleset) -> None:
        """Take in what was held before the start."""

    def tell(self, ruleset: Ruleset) -> None:
        """Take in a ruleset that was received."""

    def withdraw(self, project: str) -> None:
        """Take in that a project is gone."""


class Counts(Protocol):
    """What is counted.

    Attributes:
        updates: what publishers sent, by what was made of it: ``applied``, ``refused``, ``oversize``, ``passed over``.
        publishers: streams to publishers that are open.
    """

    updates: Counter[str]
    publishers: int
