"""Request: what a subscriber says to a publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.sync.limits import HELD
from flagd.v1.ruleset_pb2 import Ack, AdmissionCount, Heartbeat, Held, Hello, Nack, Role, SubscribeRequest, UserSample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.ruleset import Ruleset

REASON_LENGTH = 250
"""Longest reason given, in characters: at most 1 KiB in UTF-8."""


def hello(role: Role, name: str, held: Iterable[Ruleset]) -> SubscribeRequest:
    """Say who we are and what is served. Publishers read of so many projects; others are sent whole."""
    served = [Held(project=one.project, revision=one.revision, flags=len(one.flags)) for one in held]
    return SubscribeRequest(hello=Hello(role=role, name=name, held=served[:HELD]))


def ack(project: str, served: Ruleset | None) -> SubscribeRequest:
    """Say that `served` is answered from; None = the project is gone."""
    if served is None:
        return SubscribeRequest(ack=Ack(project=project))
    return SubscribeRequest(ack=Ack(project=project, revision=served.revision, flags=len(served.flags)))


def nack(project: str, revision: str, reason: str) -> SubscribeRequest:
    """Say that `revision` was refused, and why."""
    return SubscribeRequest(nack=Nack(project=project, revision=revision, reason=reason[:REASON_LENGTH]))


def counted(counts: Iterable[AdmissionCount], samples: Iterable[UserSample] = ()) -> SubscribeRequest:
    """Answer a heartbeat that asks for counts, and which users were seen."""
    return SubscribeRequest(heartbeat=Heartbeat(counts=counts, samples=samples))
