"""Whatever is deleted, broken or restarted in a cluster: no answer changes of a flag that is still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flagd.engine import Engine
from flagoperator.reconcile.entry import Entry, read_entry
from flagoperator.reconcile.projects import Projects
from tests.unit.flagoperator.reconcile.cluster import flag, obj

if TYPE_CHECKING:
    from collections.abc import Callable

USERS = [f"user-{number}" for number in range(12)]
IN_VIP = {"op": "in cohort", "values": ["vip"]}
BETA = {"name": "beta", "segmentRefs": ["pro"], "rollout": {"percent": 100}}


def _flag(percent: int, **uses: Any) -> dict[str, Any]:
    return dict(flag(allOtherUsers={"percent": percent}, **uses)["spec"])


def _needing(*keys: str) -> dict[str, Any]:
    return {"flags": [{"key": key, "variants": ["on"]} for key in keys]}


def _slots(first: int) -> dict[str, Any]:
    slots = [{"name": "a", "percent": first}, {"name": "b", "percent": 100 - first}]
    return {"type": "MutualExclusion", "slots": slots}


def _middle(percent: int) -> dict[str, Any]:
    return _flag(percent, memberOf=[{"group": "held"}], prerequisites=_needing("root"))


def _leaf(percent: int) -> dict[str, Any]:
    groups = [{"group": "slots", "slot": "a"}]
    return _flag(percent, segments=[BETA], memberOf=groups, prerequisites=_needing("middle"))


SPECS: dict[tuple[str, str], Callable[[int], dict[str, Any]]] = {
    ("FlagGroup", "held"): lambda percent: {
        "type": "Holdout",
        "holdout": {"percent": min(percent, 30), "include": {"cohorts": ["vip"]}},
    },
    ("FlagGroup", "slots"): _slots,
    ("FlagCohort", "vip"): lambda percent: {"members": USERS[: percent // 10]},
    ("FlagSegment", "pro"): lambda _: {"match": [IN_VIP]},
    ("Flag", "root"): _flag,
    ("Flag", "middle"): _middle,
    ("Flag", "leaf"): _leaf,
}
NAMES = st.sampled_from(sorted(SPECS))
EDITS = st.tuples(st.just("edit"), NAMES, st.sampled_from([10, 50, 90]))
HARMS = st.tuples(st.sampled_from(["break", "delete", "delete", "restart"]), NAMES, st.just(0))
SCRIPTS = st.lists(st.one_of(EDITS, HARMS, HARMS), min_size=1, max_size=12)


class Cluster:
    """Objects as an API server has them, and an operator that follows."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.entries: dict[tuple[str, str], Entry] = {}
        self.projects = Projects()
        self.versions = 0

    def write(self, name: tuple[str, str], spec: dict[str, Any]) -> None:
        self.versions += 1
        before = self.objects.get(name)
        uid = before["metadata"]["uid"] if before else f"uid-{self.versions}"
        generation = before["metadata"]["generation"] + 1 if before else 1
        self.objects[name] = obj(*name, self.versions, spec, generation=generation, uid=uid)
        self._take(name)

    def delete(self, name: tuple[str, str]) -> None:
        if self.objects.pop(name, None) is not None:
            self.projects.take({self.entries.pop(name).ref: None})

    def restart(self) -> None:
        served = {name: one.ruleset for name, one in self.projects.compiled.items()}
        self.projects, self.entries = Projects(), {}
        self.projects.remember(served)
        read = {name: read_entry(name[0], found, None) for name, found in self.objects.items()}
        self.entries = read
        self.projects.take({entry.ref: entry for entry in read.values()})

    def answers(self) -> dict[str, list[str]]:
        compiled = self.projects.compiled.get("shop")
        if compiled is None:
            return {}
        engine = Engine(compiled.flags, compiled.cohorts)
        keys = [name for kind, name in SPECS if kind == "Flag" and compiled.flag_revision(name)]
        return {key: [engine.variant({"user": {"user_id": user}}, key).key for user in USERS] for key in keys}

    def _take(self, name: tuple[str, str]) -> None:
        entry = read_entry(name[0], self.objects[name], self.entries.get(name))
        self.entries[name] = entry
        self.projects.take({entry.ref: entry})


@settings(max_examples=40, deadline=None)
@given(SCRIPTS)
def test_no_answer_changes_by_what_is_deleted_broken_or_restarted(script: list[tuple[str, tuple[str, str], int]]):
    cluster = Cluster()
    for name, spec in SPECS.items():
        cluster.write(name, spec(90))
    assert set(cluster.answers()["leaf"]) == {"on", "off"}
    for step, name, percent in script:
        before = cluster.answers()
        if step == "edit":
            cluster.write(name, SPECS[name](percent))
            continue
        if step == "restart":
            cluster.restart()
        elif step == "break" and name in cluster.objects:
            cluster.write(name, {"nonsense": 1})
        elif step == "delete":
            cluster.delete(name)
            before.pop(name[1], None)
        assert cluster.answers() == before, (step, name)
