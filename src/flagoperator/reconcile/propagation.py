"""Propagation: how far the replicas are with what was published, and so which generations are really served."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flagd.manifest import ResourceRef

REVISIONS = 10_000
"""Most revisions of a project of which the time of publishing is remembered."""


class Stage(Enum):
    """How far one generation of one resource is."""

    HELD = "held"
    PUBLISHING = "publishing"
    NO_REPLICAS = "no replicas"
    REFUSED = "refused"
    SERVED = "served"


@dataclass(frozen=True, slots=True)
class Replica:
    """One ready flagd.

    Attributes:
        name: of its pod.
        revisions: what it serves, by project.
        refusals: why it refused the latest ruleset of a project, by project.
    """

    name: str
    revisions: Mapping[str, str]
    refusals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one generation is.

    Attributes:
        stage: how far.
        have: ready replicas that serve it.
        want: ready replicas.
        detail: who refused it and why, or why it is held.
    """

    stage: Stage
    have: int = 0
    want: int = 0
    detail: str = ""


class Ledger:
    """Which publication of a project was the first with the present form of a resource."""

    def __init__(self) -> None:
        self._published: dict[str, dict[str, int]] = {}
        self._times: dict[str, float] = {}
        self._pending: dict[ResourceRef, int | None] = {}
        self._new: set[ResourceRef] = set()

    @property
    def pending(self) -> Iterable[ResourceRef]:
        """The resources whose present form is not known to be served everywhere."""
        return self._pending.keys()

    def wait(self, refs: Iterable[ResourceRef]) -> None:
        """Note that `refs` have a new form that is not published yet."""
        new = dict.fromkeys(refs)
        self._pending |= new
        self._new |= new.keys()

    def publish(self, project: str, revision: str, sequence: int, at: float = 0.0) -> None:
        """Note that `revision` of `project` was published as number `sequence`, `at` seconds since 1970."""
        self._times[project] = at
        revisions = self._published.setdefault(project, {})
        revisions.pop(revision, None)
        revisions[revision] = sequence
        if len(revisions) > REVISIONS:
            del revisions[next(iter(revisions))]

    def include(self, projects: Collection[str]) -> None:
        """Note that what is published of `projects` now has the newest form of all their resources."""
        for ref in self._new:
            if ref.namespace in projects and ref in self._pending:
                self._pending[ref] = self.newest(ref.namespace)
        self._new = {ref for ref in self._new if ref.namespace not in projects}

    def newest(self, project: str) -> int:
        """Return the number of the last publication of `project`; 0 if there was none."""
        numbers = self._published.get(project)
        return next(reversed(numbers.values())) if numbers else 0

    def published_at(self, project: str) -> float:
        """Return when `project` was published last, in seconds since 1970; 0 if it was not."""
        return self._times.get(project, 0.0)

    def contains(self, ref: ResourceRef, revision: str) -> bool:
        """Return whether `revision` of its project has the present form of `ref`."""
        number = self._pending.get(ref, 0)
        return number is not None and self._published.get(ref.namespace, {}).get(revision, -1) >= number

    def floor(self, project: str, ready: Iterable[Replica]) -> int:
        """Return the number of the oldest publication of `project` that any of `ready` serves; -1: one serves none."""
        published = self._published.get(project, {})
        return min((published.get(each.revisions.get(project, ""), -1) for each in ready), default=-1)

    def settle(self, ref: ResourceRef) -> None:
        """Note that `ref` is served everywhere, or gone."""
        self._pending.pop(ref, None)

    def progress(self, ref: ResourceRef, ready: Iterable[Replica]) -> Progress:
        """Return how far the present form of `ref` is with the replicas `ready`; of one that is not pending: served."""
        number = self._pending.get(ref, 0)
        replicas = list(ready)
        if number is None:
            return Progress(Stage.HELD, 0, len(replicas))
        have = sum(self.contains(ref, each.revisions.get(ref.namespace, "")) for each in replicas)
        want = len(replicas)
        if not want:
            return Progress(Stage.NO_REPLICAS)
        if have == want:
            return Progress(Stage.SERVED, have, want)
        refused = [
            f"{each.name}: {each.refusals[ref.namespace]}" for each in replicas if ref.namespace in each.refusals
        ]
        if refused:
            return Progress(Stage.REFUSED, have, want, "; ".join(refused[:3]))
        return Progress(Stage.PUBLISHING, have, want)
