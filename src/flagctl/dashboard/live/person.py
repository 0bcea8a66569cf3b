"""Person: one who is signed in: everything is asked of the API server as them, and nothing in our own name."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.inventory.topic import OVERALL
from flagctl.dashboard.live.answers import Answers
from flagctl.dashboard.live.happening import last_events
from flagctl.dashboard.live.rights import Rights
from flagctl.dashboard.pages.flag.verb import Offer, offer, possible
from flagctl.rollout.verbs import annotate, token_for
from flagctl.rollout.view import view_of
from flagoperator.cluster.address import object_path
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.inventory.topic import Topic
    from flagctl.dashboard.live.operator import Operator
    from flagctl.dashboard.live.rights import Sight
    from flagoperator.cluster.api import Api
    from flagoperator.rollout import Verb


FRESH_SECONDS = 1.0
"""How long what the operator told is believed: all open pages of one person share it."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person.

    Attributes:
        api: asks as them. Used by whoever made it.
        name: who they are to the API server.
        namespaces: those that are shown; empty = all.
        verbs_need_rights: whether the cluster's policy lets only those ask for a verb who hold a right of its name.
        operator: what is asked for what stands in no object; None = nothing is.
        clock: seconds, by which answers get old.
    """

    api: Api
    name: str
    namespaces: Sequence[str]
    verbs_need_rights: bool
    operator: Operator | None = None
    clock: Callable[[], float] = time.monotonic
    rights: Rights = field(init=False)
    _answers: Answers[Mapping[str, Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", Rights(self.api, self.namespaces, self.clock))
        object.__setattr__(self, "_answers", Answers(FRESH_SECONDS, self.clock))

    async def sight(self) -> Sight:
        """Return what they may see. Raises ApiError where that is not known."""
        return await self.rights.sight()

    async def events(self) -> list[dict[str, str]]:
        """Return the last events of what they may see, the newest first. Raises ApiError."""
        return await last_events(self.api, await self.sight(), self.namespaces)

    def is_told(self, topic: Topic) -> bool:
        """Return whether a page about `topic` shows what only the operator tells."""
        return self.operator is not None and _question(topic) is not None

    async def told(self, topic: Topic) -> Mapping[str, Any]:
        """Return what the operator tells of `topic`; empty where it tells nothing, or not this person."""
        question = _question(topic)
        if self.operator is None or question is None:
            return {}
        try:
            return await self._answers.get(topic, partial(self.operator.ask, self.api, **question))
        except ApiError:  # who they are cannot be said now
            return {}

    async def verbs(self, item: Item) -> list[Offer]:
        """Return what can be asked of the flag `item`. Raises ApiError where the rights are not known."""
        return [await self._offer(item, verb) for verb in possible(item)]

    async def missing(self, item: Item, verb: Verb) -> str:
        """Return which right to ask `verb` of `item` is missing; empty where none is."""
        needed = ["patch", *([str(verb)] if self.verbs_need_rights else [])]
        for each in needed:
            if not await self.rights.may(each, "Flag", item.ref.namespace, item.ref.name):
                return f"you may not {each} flags in {item.ref.namespace}"
        return ""

    async def ask(self, item: Item, verb: Verb) -> bool:
        """Ask `verb` of the rollout of `item` as it is now; return whether it had one to ask. Raises ApiError."""
        now = await self.api.get(object_path(item.ref))
        token = token_for(view_of(now), verb)
        if token:
            await annotate(self.api, item.ref.namespace, item.ref.name, verb, token, self.name)
        return bool(token)

    async def _offer(self, item: Item, verb: Verb) -> Offer:
        return offer(item, verb, await self.missing(item, verb))


def _question(topic: Topic) -> dict[str, str] | None:
    """Return what to ask of the operator for a page about `topic`; None where such a page shows nothing of it."""
    if topic.flag is not None:
        namespace, name = topic.flag
        return {"namespace": namespace, "flag": name}
    return {} if topic == OVERALL else None
