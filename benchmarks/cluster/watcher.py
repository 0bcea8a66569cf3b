"""Watcher: a Watch stream of one replica, which says when its answer changes. Nothing is polled."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import grpc

from benchmarks.cluster.flags import KNOWN_USER
from flagd.v1.evaluation_pb2 import EvaluateRequest, WatchRequest
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flagd.v1.evaluation_pb2 import Variant

PATIENCE_SECONDS = 60.0


class NotServedError(Exception):
    """A change was not answered: the benchmark measures nothing that is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream said of one flag.

    Attributes:
        moment: when, in seconds since 1970.
        revision: of the ruleset that answers.
    """

    moment: float
    revision: str


class Watcher:
    """Follows some flags on one replica, inside ``async with``."""

    def __init__(self, address: str, project: str, keys: Collection[str]) -> None:
        """Follow `keys`, at most 1,000."""
        self._project, self._keys = project, list(keys)
        self._channel = grpc.aio.insecure_channel(address)
        self._service = EvaluationServiceStub(self._channel)
        self._told: dict[str, dict[int, Told]] = {key: {} for key in keys}
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: all(self._told.values()))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._channel.close()

    async def told(self, key: str, mark: int) -> Told:
        """Wait until the stream has told of this change.

        Raises:
            NotServedError: it did not within a minute.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
                await self._changed.wait_for(lambda: mark in self._told[key])
        except TimeoutError:
            raise NotServedError(f"{key} was changed (mark {mark}) but only {max(self._told[key])} is served") from None
        return self._told[key][mark]

    async def marks(self) -> dict[str, int]:
        """Ask what is answered now, by flag."""
        request = EvaluateRequest(project=self._project, user=KNOWN_USER, flag_keys=self._keys)
        answer = await self._service.Evaluate(request, timeout=PATIENCE_SECONDS)
        return _marks(answer.variants)

    async def confirm(self, key: str, mark: int) -> None:
        """Ask for one flag; the answer must be the new one."""
        request = EvaluateRequest(project=self._project, user=KNOWN_USER, flag_keys=[key])
        answer = await self._service.Evaluate(request, timeout=PATIENCE_SECONDS)
        if _marks(answer.variants) != {key: mark}:
            raise NotServedError(f"{key} was told to have mark {mark}, but the answer is {answer.variants[key]}")

    async def _follow(self) -> None:
        request = WatchRequest(project=self._project, user=KNOWN_USER, flag_keys=self._keys)
        async for response in self._service.Watch(request):
            told = Told(time.time(), response.revision)
            for key, mark in _marks(response.variants).items():
                self._told[key][mark] = told
            async with self._changed:
                self._changed.notify_all()


def _marks(variants: Mapping[str, Variant]) -> dict[str, int]:
    return {key: int(variant.payload.struct_value["mark"]) for key, variant in variants.items()}
