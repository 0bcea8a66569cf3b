"""What would turn off most flags waits for a second list or somebody's yes; meanwhile what is lost is put back."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagoperator.reconcile.entry import read_entry
from flagoperator.reconcile.mass_removal import (
    TOLD,
    HeldRemovals,
    Look,
    MassRemovalHold,
    Removal,
    is_mass_removal,
    told,
)
from flagoperator.reconcile.projects import Projects
from tests.unit.flagoperator.reconcile.cluster import flag, obj, ref


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (10, 0, False),
        (11, 0, True),
        (20, 10, False),
        (22, 11, False),
        (23, 11, True),
        (100, 51, False),
        (100, 49, True),
    ],
)
def test_more_than_half_and_more_than_ten_is_held(before: int, after: int, held: bool):
    assert is_mass_removal(before, after) is held


LOSS = Removal("shop", "r2", 100, 3)


def test_it_is_held_until_a_list_that_began_later():
    held = HeldRemovals()
    assert held.judge([LOSS], 100, Look(now=10, listed=5)) == [LOSS]
    assert held.judge([LOSS], 100, Look(now=20, listed=9)) == []
    assert held.held == {"shop": LOSS}
    held.judge([LOSS], 100, Look(now=30, listed=11))
    assert not held.held


def test_confirming_its_revision_lets_it_go_at_once():
    held = HeldRemovals()
    held.judge([LOSS], 100, Look(now=10, listed=5, confirmed={"r1"}))
    assert held.held
    held.judge([LOSS], 100, Look(now=10, listed=5, confirmed={"r2"}))
    assert not held.held


def test_what_comes_back_is_not_held():
    held = HeldRemovals()
    held.judge([LOSS], 100, Look(now=10, listed=5))
    held.judge([Removal("shop", "r1", 100, 100)], 100, Look(now=11, listed=5))
    assert not held.held
    assert held.judge([LOSS], 100, Look(now=12, listed=5)) == [LOSS], "a new removal waits anew"


def test_many_small_projects_that_vanish_together_are_held():
    held = HeldRemovals()
    losses = [Removal(f"p{number}", "gone", 5, 0) for number in range(8)]
    held.judge(losses, 40, Look(now=10, listed=5))
    assert len(held.held) == 8
    held.judge(losses, 4000, Look(now=10, listed=5))
    assert not held.held


@pytest.mark.parametrize(
    "loss",
    [
        Removal("shop", "r2", 1, 0),
        Removal("shop", "r2", 5, 5, cohorts=(3, 2)),
        Removal("shop", "r2", 5, 5, deployments=(1, 0)),
    ],
)
def test_nothing_goes_while_a_kind_is_not_served_and_it_is_said_which(loss: Removal):
    held = HeldRemovals()
    held.judge([loss], 4000, Look(now=10, listed=5))
    assert not held.held
    (fresh,) = held.judge([loss], 4000, Look(now=10, listed=5, unserved={"FlagCohort", "Flag"}))
    assert "is held until the API server serves Flag, FlagCohort again and two lists say the same" in str(fresh)
    held.judge([loss], 4000, Look(now=20, listed=5, unserved={"Flag"}, confirmed={"r2"}))
    assert not held.held


@pytest.mark.parametrize("kind", ["cohorts", "deployments"])
def test_when_nothing_is_left_of_cohorts_or_deployments_in_the_whole_cluster_they_are_held(kind: str):
    held = HeldRemovals()
    losses = [Removal(name, "r2", 5, 5, **{kind: (1, 0)}) for name in ("shop", "ads")]
    other = Removal("other", "r", 5, 5, **{kind: (1, 1)})
    held.judge([*losses, other], 15, Look(now=10, listed=5))
    assert not held.held
    held.judge(losses[:1], 5, Look(now=10, listed=5))
    assert not held.held, "the only one may go"
    held.judge(losses, 10, Look(now=10, listed=5))
    assert held.held.keys() == {"shop", "ads"}
    assert f"1 of 1 {kind} would go" in str(held.held["ads"])
    held.judge(losses, 10, Look(now=20, listed=11))
    assert not held.held


def test_of_many_that_are_held_a_few_are_told_one_by_one_and_the_rest_together():
    held = [Removal(f"p{number}", "gone", 2, 0, cohorts=(1, 0)) for number in range(400)]
    assert len(told(held[:TOLD])) == TOLD
    assert told(held)[-1] == "400 projects together: 800 flags, 400 cohorts would go; /readyz has the revisions"
    assert len(told(held)) == TOLD + 1


NAMES = [f"f{number}" for number in range(20)]


class Cluster:
    """A project whose changes are published as they come."""

    def __init__(self) -> None:
        self.projects, self.mass_removal = Projects(), MassRemovalHold()
        self.served: Any = {}
        self.now, self.listed = 0.0, 0.0

    def change(self, *objects: dict[str, Any], gone: list[str] = []) -> None:  # noqa: B006
        entries = [read_entry(each["kind"], each, None) for each in objects]
        self.projects.take({each.ref: each for each in entries} | {ref(name): None for name in gone})
        self.publish()

    def publish(self, *confirmed: str, unserved: frozenset[str] = frozenset()) -> list[str]:
        self.now += 1
        compiled = self.projects.compiled
        wanted = {name: HashedRuleset(one.ruleset, one.state.digest) for name, one in compiled.items()}
        choice = self.mass_removal.choose(wanted, self.served, Look(self.now, self.listed, confirmed, unserved))
        if choice.rulesets is not None:
            self.served = choice.rulesets
        return [str(each) for each in choice.held]

    def list(self) -> None:
        self.listed = self.now = self.now + 1
        self.publish()

    @property
    def flags(self) -> set[str]:
        return set(self.served["shop"].flags) if "shop" in self.served else set()


def full() -> Cluster:
    cluster = Cluster()
    cluster.change(*map(flag, NAMES))
    return cluster


def test_deletions_that_come_one_by_one_are_held_together_and_put_back():
    cluster = full()
    for name in NAMES:
        cluster.change(gone=[name])
    assert cluster.flags == set(NAMES)
    assert cluster.mass_removal.held["shop"].before == 20


def test_changes_of_other_flags_are_published_while_some_are_held():
    cluster = full()
    cluster.change(gone=NAMES[:15])
    cluster.change(flag("f19", 99, generation=2, allOtherUsers={"percent": 77}), flag("new", 100))
    assert cluster.flags == {*NAMES, "new"}
    assert cluster.served["shop"].flags["f19"]["metadata"]["flagVersion"] == 2
    cluster.served["shop"].verify()


def test_deletions_of_a_few_between_two_lists_are_never_held():
    cluster = full()
    for start in range(0, 20, 5):
        cluster.change(gone=NAMES[start : start + 5])
        cluster.list()
    assert cluster.flags == set()


def test_a_second_list_lets_go():
    cluster = full()
    cluster.change(gone=NAMES)
    assert cluster.flags == set(NAMES)
    cluster.list()
    assert cluster.flags == set()
    assert not cluster.mass_removal.held


def test_confirming_lets_go_at_once():
    cluster = full()
    cluster.change(gone=NAMES)
    cluster.publish("another revision")
    assert cluster.flags == set(NAMES)
    cluster.publish(cluster.mass_removal.held["shop"].revision)
    assert cluster.flags == set()


def test_what_comes_back_is_no_longer_held():
    cluster = full()
    cluster.change(gone=NAMES)
    cluster.change(*(flag(name, 50) for name in NAMES))
    assert not cluster.mass_removal.held
    assert cluster.flags == set(NAMES)


def test_cohorts_and_deployments_come_back_with_their_flags():
    cluster = full()
    cluster.change(
        obj("FlagCohort", "beta", 1, {"members": ["ann"]}), obj("FlagDeployment", "web", 1, {"type": "Client"})
    )
    cluster.change(flag("f0", 50, generation=2, deployments=["web"]))
    cluster.projects.take({ref("beta", "FlagCohort"): None, ref("web", "FlagDeployment"): None})
    cluster.change(gone=NAMES)
    ruleset = cluster.served["shop"]
    assert (set(ruleset.cohorts), set(ruleset.deployments)) == ({"beta"}, {"web"})
    assert ruleset.visibility["f0"] == {"web"}
    ruleset.verify()


def test_nothing_is_published_where_only_the_number_of_flags_is_known_and_most_would_go():
    cluster = Cluster()
    cluster.served = {"shop": 20}
    cluster.change(flag("f0"))
    assert cluster.served == {"shop": 20}
    cluster.list()
    assert cluster.flags == {"f0"}


def small(namespace: str) -> dict[str, Any]:
    one = flag("f", 1)
    return {**one, "metadata": {**one["metadata"], "namespace": namespace}}


def test_small_projects_that_go_one_after_another_count_together_and_all_come_back():
    cluster, names = Cluster(), [f"p{number}" for number in range(12)]
    cluster.change(*map(small, names))
    for name in names:
        cluster.projects.take({read_entry("Flag", small(name), None).ref: None})
        cluster.publish()
    assert set(cluster.served) == set(names)
    assert all(set(each.flags) == {"f"} for each in cluster.served.values())
    cluster.list()
    assert cluster.served == {}


def test_while_a_kind_is_not_served_what_went_before_that_was_known_comes_back():
    cluster = Cluster()
    cluster.change(small("p"), small("q"))
    cluster.projects.take({read_entry("Flag", small("p"), None).ref: None})
    cluster.publish()
    assert set(cluster.served) == {"q"}
    cluster.publish(unserved=frozenset({"Flag"}))
    assert set(cluster.served) == {"p", "q"}
    cluster.publish()
    assert set(cluster.served) == {"q"}, "it was an ordinary deletion"


def test_what_was_confirmed_does_not_count_when_something_else_goes():
    cluster = full()
    cluster.change(small("ads"))
    cluster.change(gone=NAMES)
    cluster.publish(cluster.mass_removal.held["shop"].revision)
    assert cluster.flags == set()
    cluster.projects.take({read_entry("Flag", small("ads"), None).ref: None})
    cluster.publish()
    assert cluster.served == {}


def test_what_stays_hidden_for_others_counts_as_lost_and_is_put_back():
    cluster = Cluster()
    needs = {"flags": [{"key": name, "variants": ["on"]} for name in NAMES[:15]]}
    cluster.change(*map(flag, NAMES), flag("child", prerequisites=needs))
    cluster.change(gone=NAMES[:15])
    assert (cluster.mass_removal.held["shop"].before, cluster.mass_removal.held["shop"].after) == (21, 6)
    assert all(each["metadata"]["deployed"] for each in cluster.served["shop"].flags.values())
    cluster.list()
    cluster.list()
    assert not cluster.mass_removal.held
    assert sum(each["metadata"]["deployed"] for each in cluster.served["shop"].flags.values()) == 6
    cluster.change(gone=["child"])
    assert cluster.flags == set(NAMES[15:])
