"""Wait: until every ready replica serves what was applied, or the operator says why not."""

from __future__ import annotations

import time
from asyncio import sleep
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import Refused
from flagctl.printable import printable
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.status import COMPILED, WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.cluster.api import Api

LOOK_SECONDS = 0.25
REFERENCE_SECONDS = 2.0
"""How long something that a flag refers to may be on its way to the operator before its absence is an answer."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One resource as the API server took it."""

    path: str
    title: str
    generation: int


def title_of(kind: str, name: str) -> str:
    """Return how kubectl names an object: ``flag/new-checkout``."""
    return f"{kind.lower()}/{name}"


async def wait(api: Api, applied: Applied, ends: float) -> None:
    """Wait until every ready replica serves `applied`, until `ends` on the monotonic clock at most.

    Raises:
        Refused: the operator refuses it, somebody changed it again, or time is up.
        ApiError: the API server cannot be asked.
    """
    waiting_since: float | None = None
    while True:
        found = await api.get(applied.path)
        status, generation = found.get("status") or {}, found["metadata"]["generation"]
        if generation != applied.generation:
            raise Refused(f"{applied.title} was changed by somebody else in the meantime")
        if _holds(status, "Published", generation):
            count = status.get("published")
            click.echo(f"{applied.title} is served by every ready replica{f' ({count})' if count else ''}")
            _warn(applied, status)
            return
        refused = _refusal(status, generation)
        if refused is None:
            waiting_since = None
        elif waiting_since is None:
            waiting_since = time.monotonic()
        elif refused["reason"] not in WAITING or time.monotonic() - waiting_since > REFERENCE_SECONDS:
            raise Refused(f"{applied.title} is not served: {_message(status, 'Ready')}")
        if time.monotonic() > ends:
            raise Refused(f"{applied.title} is not served by every replica yet: {_reason(status, generation)}")
        await sleep(LOOK_SECONDS)


def _refusal(status: Mapping[str, Any], generation: int) -> Mapping[str, Any] | None:
    ready = condition_of(status, "Ready")
    refused = ready is not None and ready["status"] == "False" and ready.get("observedGeneration") == generation
    return ready if refused else None


def _warn(applied: Applied, status: Mapping[str, Any]) -> None:
    ready = condition_of(status, "Ready") or {}
    if ready.get("message", COMPILED) != COMPILED:
        click.echo(f"warning: {applied.title}: {printable(ready['message'])}", err=True)


def _holds(status: Mapping[str, Any], name: str, generation: int) -> bool:
    condition = condition_of(status, name)
    return condition is not None and condition["status"] == "True" and condition.get("observedGeneration") == generation


def _reason(status: Mapping[str, Any], generation: int) -> str:
    if status.get("observedGeneration") != generation:
        return "the operator has not looked at it; is it running?"
    return _message(status, "Published")


def _message(status: Mapping[str, Any], name: str) -> str:
    condition = condition_of(status, name) or {}
    return printable(f"{condition.get('message') or 'no reason is given'} [{condition.get('reason', '')}]")
