"""Rights: what the API server says that one person may do, asked again every minute."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flagctl.dashboard.live.answers import Answers
from flagd.manifest import KINDS
from flagd.manifest.model import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagoperator.cluster.api import Api, Object

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
FRESH_SECONDS = 60.0
READING = ("list", "watch")

Right = tuple[str, str, str, str]
"""Verb, resource, namespace (empty = all), name (empty = all)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see.

    Attributes:
        everywhere: kinds that they may list and watch in all namespaces.
        inside: kinds and namespaces besides.
    """

    everywhere: frozenset[str] = frozenset()
    inside: frozenset[tuple[str, str]] = frozenset()

    def may(self, kind: str, namespace: str) -> bool:
        """Return whether objects of `kind` in `namespace` may be seen."""
        return kind in self.everywhere or (kind, namespace) in self.inside


@dataclass(slots=True)
class Rights:
    """The rights of one person. Lives in one event loop.

    Attributes:
        api: asks as that person.
        namespaces: those that are shown; empty = all.
    """

    api: Api
    namespaces: Sequence[str]
    clock: Callable[[], float] = time.monotonic
    _answers: Answers[bool] = field(init=False)

    def __post_init__(self) -> None:
        self._answers = Answers(FRESH_SECONDS, self.clock)

    async def may(self, verb: str, kind: str, namespace: str = "", name: str = "") -> bool:
        """Return whether the person may do `verb` to objects of `kind`. Raises ApiError where that is not known."""
        right = verb, KINDS[kind].plural, namespace, name
        return await self._answers.get(right, partial(self._ask, right))

    def forget(self) -> None:
        """Ask again: what was refused shows that the answers are old."""
        self._answers.forget()

    async def sight(self) -> Sight:
        """Return what the person may see. Raises ApiError where that is not known."""
        kinds = list(KINDS)
        if not self.namespaces:
            seen = await asyncio.gather(*(self._may_read(kind) for kind in kinds))
            return Sight(frozenset(kind for kind, may in zip(kinds, seen, strict=True) if may))
        places = [(kind, namespace) for kind in kinds for namespace in self.namespaces]
        seen = await asyncio.gather(*(self._may_read(*place) for place in places))
        return Sight(inside=frozenset(place for place, may in zip(places, seen, strict=True) if may))

    async def _may_read(self, kind: str, namespace: str = "") -> bool:
        return all(await asyncio.gather(*(self.may(verb, kind, namespace) for verb in READING)))

    async def _ask(self, right: Right) -> bool:
        review = await self.api.create(REVIEWS, _review(right))
        return (review.get("status") or {}).get("allowed") is True


def _review(right: Right) -> Object:
    verb, resource, namespace, name = right
    asked = {"group": GROUP, "resource": resource, "verb": verb, "namespace": namespace, "name": name}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {field: text for field, text in asked.items() if text}},
    }
