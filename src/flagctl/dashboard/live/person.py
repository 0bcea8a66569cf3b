"""Person: one who is signed in: everything is asked of the API server as them, and nothing in our own name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.live.happening import last_events
from flagctl.dashboard.live.rights import Rights
from flagctl.dashboard.pages.verb import Offer, offer, possible
from flagctl.rollout.verbs import annotate, token_for
from flagctl.rollout.view import view_of
from flagoperator.cluster.address import object_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.live.rights import Sight
    from flagoperator.cluster.api import Api
    from flagoperator.rollout import Verb


@dataclass(frozen=True, slots=True)
class Person:
    """One person.

    Attributes:
        api: asks as them. Used by whoever made it.
        name: who they are to the API server.
        namespaces: those that are shown; empty = all.
        verbs_need_rights: whether the cluster's policy lets only those ask for a verb who hold a right of its name.
    """

    api: Api
    name: str
    namespaces: Sequence[str]
    verbs_need_rights: bool
    rights: Rights = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rights", Rights(self.api, self.namespaces))

    async def sight(self) -> Sight:
        """Return what they may see. Raises ApiError where that is not known."""
        return await self.rights.sight()

    async def events(self) -> list[dict[str, str]]:
        """Return the last events of what they may see, the newest first. Raises ApiError."""
        return await last_events(self.api, await self.sight(), self.namespaces)

    async def about(self, item: Item) -> Mapping[str, Any]:
        """Return what else a page of the flag `item` shows: ``verbs``."""
        return {"verbs": [await self._offer(item, verb) for verb in possible(item)]}

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
