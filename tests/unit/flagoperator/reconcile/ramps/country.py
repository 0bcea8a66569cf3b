"""Country: a cluster, its operator and its replicas in one process, for what becomes of flags with ramps."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagoperator.reconcile.effective import Reach
from flagoperator.reconcile.projects import findings_of
from flagoperator.reconcile.propagation import Replica
from flagoperator.reconcile.ramps.report import report
from flagoperator.reconcile.served import served_form
from flagoperator.reconcile.status import Facts, desired_status
from flagoperator.run.model import Model
from flagoperator.run.walker import Walker
from tests.unit.flagoperator.reconcile.cluster import obj, ref

if TYPE_CHECKING:
    from flagd.ruleset import Ruleset
    from flagoperator.reconcile.ramps.walk import Walk

NOON = 1_796_040_000 - 1_796_040_000 % 86_400 + 12 * 3600
STEPS = [{"percent": 5, "hold": "10m"}, {"percent": 25, "hold": "20m"}, {"percent": 100, "hold": "1m"}]


@dataclass
class Replicas:
    """Two replicas that acknowledge what is published at once, unless they lag."""

    revisions: dict[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> list[Replica]:
        return [Replica(name, self.revisions, {}) for name in ("flagd-0", "flagd-1")]


@dataclass
class Told:
    """What is told in events."""

    leads: bool = True
    reasons: list[str] = field(default_factory=list)

    def tell(self, _regarding: object, reason: str, _message: str, _kind: str) -> None:
        self.reasons.append(reason)


class Country:
    """Objects as the API server has them, and one operator at a time."""

    def __init__(self) -> None:
        self.now = NOON
        self.acknowledging = True
        self.writing = True
        self.paused = False
        self.watch_health = True
        self.objects: dict[Any, dict[str, Any]] = {}
        self.published: dict[str, Ruleset] = {}
        self.writes = 0
        self.replicas = Replicas()
        self._version = 100
        self.restart(forget=True)

    def restart(self, *, forget: bool = False) -> None:
        """Start another operator, which asks the replicas what they serve unless it is to `forget`."""
        self.model, self.told = Model(), Told()
        told: Any = self.told
        replicas: Any = self.replicas
        self.walker = Walker(self.model, replicas, told, lambda: self.now, paused=self.paused)
        self.model.projects.remember({} if forget else self.published)
        self._sequence = 0
        for each in self.objects.values():
            self.model.cache.observe(each["kind"], "ADDED", copy.deepcopy(each))
        if self.objects:
            self.take(deciding=False)  # as before it is known what the replicas serve
            self.settle()

    def put(self, kind: str, name: str, **spec: Any) -> None:
        """Apply one object; what is applied together is compiled together."""
        key, before = ref(name, kind), self.objects.get(ref(name, kind))
        generation = 1 if before is None else before["metadata"]["generation"] + (before["spec"] != spec)
        self._version += 1
        made = obj(kind, name, self._version, spec, generation=generation)
        if before is not None:
            made["status"] = before["status"]
            made["metadata"]["annotations"] = before["metadata"].get("annotations", {})
        self.objects[key] = made
        self.model.cache.observe(kind, "MODIFIED", copy.deepcopy(made))

    def delete(self, kind: str, name: str) -> None:
        gone = self.objects.pop(ref(name, kind))
        self._version += 1
        gone["metadata"]["resourceVersion"] = str(self._version)
        self.model.cache.observe(kind, "DELETED", gone)

    def ask(self, verb: str, token: str, name: str = "checkout") -> None:
        made = self.objects[ref(name)]
        self._version += 1
        made["metadata"]["resourceVersion"] = str(self._version)
        made["metadata"].setdefault("annotations", {})[f"flagoperator.dev/{verb}"] = token
        self.model.cache.observe("Flag", "MODIFIED", copy.deepcopy(made))

    def take(self, *, deciding: bool = True) -> None:
        """Compile and publish what changed, before anybody acknowledges it or a status is written."""
        model = self.model
        model.ledger.wait(model.projects.take(model.cache.drain()))
        if deciding and self.watch_health:  # nobody decides before the replicas have been heard
            model.projects.hear({})
        self.walker.step(deciding=deciding)
        self._publish()

    def settle(self, most: int = 60) -> None:
        """Tick, publish, acknowledge and write statuses until nothing happens at this moment."""
        self.take()
        for _ in range(most):
            before = self._state()
            self.walker.step(deciding=True)
            self._publish()
            self._acknowledge()
            self._write()
            if self._state() == before:
                return
        raise AssertionError("it never comes to rest")

    def after(self, seconds: int) -> None:
        self.now += seconds
        self.settle()

    def status(self, name: str = "checkout", kind: str = "Flag") -> dict[str, Any]:
        found: dict[str, Any] = self.objects[ref(name, kind)]["status"]
        return found

    def truth(self, name: str = "checkout") -> dict[str, str]:
        return {each["type"]: f"{each['status']} {each['reason']}" for each in self.status(name)["conditions"]}

    def walk(self, name: str = "checkout") -> Walk | None:
        return self.model.projects.ramps.walk(ref(name))

    def served(self, name: str = "checkout", allocation: str = "All Other Users") -> float:
        """Return the percent that the replicas admit."""
        compiled = self.model.projects.compiled.get("shop")
        return 0.0 if compiled is None else compiled.admitted(name).get(allocation, 0) / 1000

    def _state(self) -> object:
        return (dict(self.model.projects.ramps.walks), self.writes, dict(self.replicas.revisions))

    def _publish(self) -> None:
        model = self.model
        self.published = {name: each.ruleset for name, each in model.projects.compiled.items()}
        for name, ruleset in self.published.items():
            if self.replicas.revisions.get(name) != ruleset.revision or not model.ledger.newest(name):
                self._sequence += 1
                model.ledger.publish(name, ruleset.revision, self._sequence)
        model.ledger.include(self.published)
        self.walker.published(self.published)

    def _acknowledge(self) -> None:
        if self.acknowledging:
            self.replicas.revisions = {name: each.revision for name, each in self.published.items()}

    def _write(self) -> None:
        for key, made in self.objects.items() if self.writing else ():
            entry, compiled = self.model.cache.entry(key), self.model.projects.compiled["shop"]
            assert entry is not None
            findings = findings_of(entry, compiled)
            served = served_form(entry, compiled, findings)
            walk = self.model.projects.ramps.walk(key)
            reach = Reach(compiled.admitted(entry.key), None if walk is None else report(walk, entry))
            if key.kind != "Flag":
                reach = Reach()
            progress = self.model.ledger.progress(key, self.replicas.ready)
            status = desired_status(Facts(entry, findings, served, progress, reach=reach), "2026-01-01T00:00:00Z")
            if status != entry.status:
                self.writes += 1
                self._version += 1
                made["status"] = status
                made["metadata"]["resourceVersion"] = str(self._version)
                self.model.cache.observe(key.kind, "MODIFIED", copy.deepcopy(made))


def flag(percent: int | str = 100, **spec: Any) -> dict[str, Any]:
    """Return the spec of an active flag with a ramp by the plan ``standard``."""
    ramp = {"ramp": {"plan": "standard"}}
    return {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": percent}} | ramp | spec


def ramping(percent: int | str = 100, **spec: Any) -> Country:
    """Return a country with a plan and a flag that has begun to rise."""
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    country.put("Flag", "checkout", **flag(percent, **spec))
    country.settle()
    return country
