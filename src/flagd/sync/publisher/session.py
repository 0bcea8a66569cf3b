"""Session: what one subscriber has, is being sent, and has refused. Decides what it is sent next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = ""
"""Stands for no revision: as a base, everything is sent; as a revision, the project is gone."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that is to be answered by an Ack or a Nack.

    Attributes:
        revision: what it leads to; "" = the project is gone.
        base: what it differs from; "" = everything was in it.
    """

    revision: str
    base: str = WHOLE


class Session:
    """One per stream. For every project at most one message is on its way; the latest revision is next."""

    def __init__(self, held: Mapping[str, str]) -> None:
        """Begin with the revisions `held` by project, as the subscriber says."""
        self._held = dict(held)
        self._sent: dict[str, Sent] = {}
        self._refused: dict[str, Sent] = {}

    @property
    def held(self) -> frozenset[str]:
        """Projects that the subscriber has something of."""
        return frozenset(self._held)

    @property
    def waiting(self) -> bool:
        """Whether something was sent that is not answered yet."""
        return bool(self._sent)

    def base(self, project: str, revision: str) -> str | None:
        """Return the revision from which to lead the subscriber to `revision`; None = send nothing now.

        A revision that was refused is sent once more, whole, if it was not; then another must come.
        """
        if project in self._sent or self._held.get(project, WHOLE) == revision:
            return None
        refused = self._refused.get(project)
        if refused is None:
            return self._held.get(project, WHOLE)
        return None if refused == Sent(revision) else WHOLE

    def send(self, project: str, sent: Sent) -> None:
        """Record that this is on its way."""
        self._sent[project] = sent

    def hold(self, project: str, sent: Sent) -> None:
        """Record that this cannot be sent; it is not tried again."""
        self._refused[project] = Sent(sent.revision)

    def ack(self, project: str, revision: str) -> None:
        """Record that the subscriber answers from `revision`, from whomever; "" = the project is gone there."""
        if revision == WHOLE:
            self._held.pop(project, None)
        else:
            self._held[project] = revision
        if self._answered(project, revision) is not None:
            self._refused.pop(project, None)

    def nack(self, project: str, revision: str) -> None:
        """Record that the subscriber refused `revision`."""
        sent = self._answered(project, revision)
        if sent is not None:
            self._refused[project] = sent

    def _answered(self, project: str, revision: str) -> Sent | None:
        sent = self._sent.get(project)
        if sent is None or sent.revision != revision:
            return None
        return self._sent.pop(project)
