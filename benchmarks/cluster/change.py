"""Change: one change of one flag, and when each part of the way had it."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.cluster import journal
from benchmarks.cluster.bare_watch import BareWatch
from benchmarks.cluster.calm import calm
from benchmarks.cluster.unit import MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cluster.author import Applied, Author
    from benchmarks.cluster.effort import Effort
    from benchmarks.cluster.project import Project
    from benchmarks.cluster.watcher import Watcher
    from tests.cluster.processes import Operator

POOL = 20
"""So many flags are changed in turn; the streams follow these only, for little of what is measured to be theirs."""
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Change:
    """Moments in seconds since 1970; all of them on one machine, so on one clock.

    Attributes:
        sent: the apply is sent.
        answered: the API server has answered.
        event: a client that does nothing but watch has the event.
        published: the operator has published the ruleset, by its log.
        applied: the later of both flagd has applied it, by its log.
        told: the streams of both flagd have told the new answer.
    """

    sent: float
    answered: float
    event: float
    published: float
    applied: float
    told: float

    @property
    def wait(self) -> float:
        """Milliseconds from the API server's answer until both flagd serve it."""
        return (self.told - self.answered) * MILLISECONDS


def changes(project: Project, operator: Operator, effort: Effort) -> list[Change]:
    """Change one flag after the other, each after a pause, and look at what came of each."""
    keys = project.keys[:: -(-project.size // POOL)]
    with BareWatch(project.kubeconfig, project.collection) as bare:
        with calm():
            made = project.run(_make(project, keys, effort))
        events = bare.moments(made[-1].applied.version)
    for process in (operator, *project.replicas):
        process.said(made[-1].revision[:8])  # as a log in text shows it
    published = journal.revisions(operator, project.name)
    applied = [journal.revisions(replica, project.name) for replica in project.replicas]
    return [
        Change(
            one.applied.sent,
            one.applied.answered,
            events[one.applied.version],
            published[one.revision],
            max(each[one.revision] for each in applied),
            one.told,
        )
        for one in made
    ]


@dataclass(frozen=True, slots=True)
class _Made:
    """What the one who makes a change sees of it."""

    applied: Applied
    told: float
    revision: str


async def _make(project: Project, keys: Sequence[str], effort: Effort) -> list[_Made]:
    async with AsyncExitStack() as stack:
        author = await stack.enter_async_context(project.author())
        watchers = [await stack.enter_async_context(each) for each in project.watchers(keys)]
        await _change(author, watchers, keys[-1], next(project.marks))  # opens the connection; does not count
        made = []
        for number in range(effort.changes):
            await asyncio.sleep(effort.pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  # no secret
            made.append(await _change(author, watchers, keys[number % len(keys)], next(project.marks)))
        return made


async def _change(author: Author, watchers: Sequence[Watcher], key: str, mark: int) -> _Made:
    applied = await author.apply(key, mark)
    told = await asyncio.gather(*(watcher.told(key, mark) for watcher in watchers))
    await asyncio.gather(*(watcher.confirm(key, mark) for watcher in watchers))
    return _Made(applied, max(each.moment for each in told), told[0].revision)
