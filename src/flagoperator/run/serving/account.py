"""Account: which replica of flagd serves which revision, since when, and how late."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from flagd.manifest import ResourceRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.ruleset import Ruleset
    from flagd.sync.publisher import Subscriber
    from flagoperator.cluster.lease import Lease
    from flagoperator.run.model import Model
    from flagoperator.run.replicas import Replicas

MOST_REPLICAS = 1_000
"""Replicas of which it is told what they serve, by name."""


class Account:
    """Read by the port; made of what the other parts know."""

    def __init__(self, model: Model, replicas: Replicas, lease: Lease, clock: Callable[[], float] = time.time) -> None:
        """`clock` returns seconds since 1970."""
        self._model = model
        self._replicas = replicas
        self._lease = lease
        self._clock = clock

    def overview(self) -> dict[str, Any]:
        """Return who leads, what it knows of the cluster, how long changes take, and how replicas stand everywhere."""
        seen = self._model.metrics.acknowledged
        count = sum(seen.counts)
        return {
            "leader": self._lease.holder,
            "term": self._lease.epoch,
            "release": version("flagoperator"),
            "listedAt": _moment(self._model.metrics.relisted_at),
            "outdatedDefinitions": self._model.metrics.crds_outdated,
            "acknowledged": {"count": count, "meanSeconds": round(seen.total / count, 3) if count else None},
            "replicas": [self._summary(name, found) for name, found in self._known()],
        }

    def of(self, namespace: str, name: str = "") -> dict[str, Any]:
        """Return what each replica serves of `namespace`, and whether it has the present form of the flag `name`."""
        ruleset, at = self._rulesets.get(namespace), self._model.ledger.published_at(namespace)
        return {
            "namespace": namespace,
            "revision": "" if ruleset is None else ruleset.revision,
            "publishedAt": _moment(at),
            "replicas": [self._line(each, found, namespace, name) for each, found in self._known()],
        }

    @property
    def _rulesets(self) -> Mapping[str, Ruleset]:
        current = self._model.board.current
        return {} if current is None else current.rulesets

    def _known(self) -> list[tuple[str, Subscriber | None]]:
        subscribed = self._model.subscribers.replicas
        names = sorted({*subscribed, *(self._replicas.pods or ())})[:MOST_REPLICAS]
        return [(name, subscribed.get(name)) for name in names]

    def _summary(self, name: str, found: Subscriber | None) -> dict[str, Any]:
        lags = [self._lag(project, found) for project in self._rulesets if not self._is_current(project, found)]
        return {
            "name": name,
            "ready": self._is_ready(name),
            "connectedSince": "" if found is None else _moment(found.since),
            "behind": len(lags),
            "refused": 0 if found is None else len(found.refused),
            "lagSeconds": round(max(lags, default=0.0), 3),
        }

    def _line(self, name: str, found: Subscriber | None, namespace: str, flag: str) -> dict[str, Any]:
        served = None if found is None else found.served.get(namespace)
        refusal = None if found is None else found.refused.get(namespace)
        return {
            "name": name,
            "ready": self._is_ready(name),
            "revision": "" if served is None else served.revision,
            "since": "" if served is None else _moment(served.since),
            "lagSeconds": round(self._lag(namespace, found), 3),
            "refused": "" if refusal is None else refusal.reason,
            **self._form(ResourceRef("Flag", namespace, flag), "" if served is None else served.revision),
        }

    def _form(self, ref: ResourceRef, revision: str) -> dict[str, Any]:
        entry = self._model.cache.entry(ref) if ref.name else None
        if entry is None:
            return {}
        if not revision or not self._model.ledger.contains(ref, revision):
            return {"current": False, "generation": None, "percent": ""}
        status = entry.status
        percent = str((status.get("effective") or {}).get("percent", ""))
        return {"current": True, "generation": status.get("servedGeneration"), "percent": percent}

    def _is_ready(self, name: str) -> bool:
        pods = self._replicas.pods
        return pods is None or name in pods

    def _is_current(self, project: str, found: Subscriber | None) -> bool:
        return found is not None and found.serves(project, self._rulesets[project].revision)

    def _lag(self, project: str, found: Subscriber | None) -> float:
        """Return how long after its publication the replica served the newest revision, or how long it has not."""
        at = self._model.ledger.published_at(project)
        if not at or project not in self._rulesets:
            return 0.0
        is_current = found is not None and self._is_current(project, found)
        return max(0.0, (found.served[project].since if found is not None and is_current else self._clock()) - at)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
