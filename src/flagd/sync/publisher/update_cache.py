"""UpdateCache: the updates of every project in every form in which it is delivered."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Literal

from flagd.api.client_rulesets import ClientRulesets
from flagd.sync.publisher.updates import Updates

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset

Delivery = frozenset[str] | Literal["whole", "open"]
"""How a ruleset is delivered: ``whole``, as it is; ``open``, to clients without a key; else to those with keys of
these deployments."""
MOST_FORMS = 4096
"""Most forms of projects that are kept; beyond that, the one that was not asked for longest goes."""


class UpdateCache:
    """Keeps updates from when they are first asked for."""

    def __init__(self, limit_bytes: int, *, local_only: bool = False) -> None:
        """Hold back updates that are larger than `limit_bytes` before compression.

        With `local_only`, clients get no flags of evaluation mode Remote; else they get them as off.
        """
        self._limit = limit_bytes
        self._updates: OrderedDict[tuple[str, Delivery], Updates] = OrderedDict()
        self._client_rulesets = ClientRulesets(local_only=local_only)

    async def updates(self, ruleset: Ruleset, form: Delivery) -> Updates:
        """Return the updates of this project and form, with `ruleset` as the latest."""
        place = (ruleset.project, form)
        delivered = await self._delivered(ruleset, form)
        updates = self._updates.get(place)
        if updates is None:
            updates = self._updates[place] = Updates(self._limit)
            self._shrink()
        self._updates.move_to_end(place)
        updates.put(delivered)
        return updates

    async def _delivered(self, ruleset: Ruleset, form: Delivery) -> Ruleset:
        if form == "whole":
            return ruleset
        return await self._client_rulesets.deliver(ruleset, None if form == "open" else form)

    def _shrink(self) -> None:
        while len(self._updates) > MOST_FORMS:
            (project, form), _ = self._updates.popitem(last=False)
            self._client_rulesets.forget(project, form if isinstance(form, frozenset) else None)
