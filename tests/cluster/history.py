"""History: what was written to the cluster and what callers were told, as a test of faults recorded it.

Every write has a number that grows. A flag carries the number of its write in its metadata and in the
payloads of its variants, so that each answer says which write it comes from. Times are of one clock
that never goes back, in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """A write that the API server acknowledged, maybe after several attempts.

    Attributes:
        kind: of the object.
        name: of the object.
        number: of the write, over all objects.
        begun: when it was first tried.
        done: when it was acknowledged.
        object: what the API server answered; None for a deletion.
    """

    kind: str
    name: str
    number: int
    begun: float
    done: float
    object: Object | None


@dataclass(frozen=True, slots=True)
class Told:
    """What one flag said to one user.

    Attributes:
        variant: its key.
        reason: as in ``flagd.v1.Reason``, or the error code.
        number: of the write that the answer comes from; None = it is no flag's own answer.
        payload: the number in the payload; None where there is no payload.
    """

    variant: str
    reason: str
    number: int | None
    payload: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one Evaluate.

    Attributes:
        client: who asked; every client asks one replica.
        user: name of the user that was asked for.
        asked: when.
        answered: when.
        flags: by key, every flag that was asked for.
        revision: of the ruleset.
        stale: whether the replica said that it is out of touch.
        error: the status code of a call that failed; empty = it did not.
    """

    client: str
    user: str
    asked: float
    answered: float
    flags: Mapping[str, Told] = field(default_factory=dict)
    revision: str = ""
    stale: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """When something was away: a replica, by the name of its client, or all operators, by the empty name."""

    name: str
    begun: float
    ended: float


@dataclass(slots=True)
class History:
    """All that was recorded.

    Attributes:
        project: the namespace.
        users: attributes by name.
        others: objects that were there all the time.
        writes: in the order of their numbers.
        answers: of each client in the order of time.
        absences: of which a test was the cause.
        restarted: clients of replicas before and after a restart, the name before by the name after.
        final: objects of the namespace after all writes, as the API server lists them.
    """

    project: str
    users: Mapping[str, Mapping[str, str]]
    others: list[Object] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    restarted: dict[str, str] = field(default_factory=dict)
    final: list[Object] = field(default_factory=list)
