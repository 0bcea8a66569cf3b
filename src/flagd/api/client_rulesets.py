"""ClientRulesets: rulesets in the forms in which they are delivered, each made once per revision and form."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from flagd.ruleset.forms.client_ruleset import deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.ruleset import Ruleset
    from flagd.ruleset.forms.client_ruleset import ClientRuleset

PLACES = 2000
"""How many projects and kinds of callers a form is kept for, as many as there may be streams."""


class ClientRulesets:
    """Makes a form when it is first asked for, in another thread, from what it was in the revision before."""

    def __init__(self, *, local_only: bool = False) -> None:
        """Leave flags of evaluation mode Remote out with `local_only`; else they are delivered as off."""
        self._deliver = partial(deliver, local_only=local_only)
        self._latest: dict[tuple[str, frozenset[str] | None], _Delivering] = {}

    async def deliver(self, ruleset: Ruleset, deployments: frozenset[str] | None) -> Ruleset:
        """Return what callers with keys of `deployments` get of `ruleset`; None = callers without a key."""
        place = (ruleset.project, deployments)
        delivering = self._latest.pop(place, None)
        if delivering is None or delivering.source is not ruleset:
            delivering = _Delivering(ruleset, deployments, delivering, self._deliver)
        self._latest[place] = delivering
        while len(self._latest) > PLACES:  # projects that are gone are never asked for again
            del self._latest[next(iter(self._latest))]
        return (await delivering.result()).hashed.ruleset

    def forget(self, project: str, deployments: frozenset[str] | None) -> None:
        """Keep nothing of this form."""
        self._latest.pop((project, deployments), None)


class _Delivering:
    """One revision on its way into a form; many may wait for it."""

    def __init__(
        self,
        source: Ruleset,
        deployments: frozenset[str] | None,
        before: _Delivering | None,
        work: Callable[[Ruleset, frozenset[str] | None, ClientRuleset | None], ClientRuleset],
    ) -> None:
        self.source = source
        self._work = work
        self._deployments = deployments
        previous = None if before is None else before._task
        self._task: asyncio.Task[ClientRuleset] = asyncio.create_task(self._deliver(previous), name="delivery")

    async def result(self) -> ClientRuleset:
        # One waiter that leaves must not take the others' work along.
        return await asyncio.shield(self._task)

    async def _deliver(self, before: asyncio.Task[ClientRuleset] | None) -> ClientRuleset:
        previous = None
        if before is not None:
            await asyncio.wait([before])
            previous = None if before.cancelled() or before.exception() else before.result()
        return await asyncio.to_thread(self._work, self.source, self._deployments, previous)
