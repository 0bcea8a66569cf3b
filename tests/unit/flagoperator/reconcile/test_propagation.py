"""A generation is served when every ready replica serves a ruleset that has it."""

from __future__ import annotations

from flagoperator.reconcile.propagation import Ledger, Replica, Stage
from tests.unit.flagoperator.reconcile.cluster import ref


def replica(name: str, revision: str = "", refusal: str = "") -> Replica:
    return Replica(name, {"shop": revision} if revision else {}, {"shop": refusal} if refusal else {})


def published(*revisions: str) -> Ledger:
    """A ledger in which a flag came with the last of `revisions`."""
    ledger = Ledger()
    for number, revision in enumerate(revisions):
        if number == len(revisions) - 1:
            ledger.wait([ref()])
        ledger.publish("shop", revision, number)
        ledger.include(["shop"])
    return ledger


def test_all_replicas_must_have_it():
    ledger = published("r0", "r1")
    progress = ledger.progress(ref(), [replica("a", "r1"), replica("b", "r0")])
    assert (progress.stage, progress.have, progress.want) == (Stage.PUBLISHING, 1, 2)
    assert ledger.progress(ref(), [replica("a", "r1"), replica("b", "r1")]).stage is Stage.SERVED


def test_a_later_revision_has_it_too():
    ledger = published("r0", "r1")
    ledger.publish("shop", "r2", 2)
    assert ledger.progress(ref(), [replica("a", "r2")]).stage is Stage.SERVED


def test_a_replica_with_an_unknown_revision_or_none_does_not_have_it():
    ledger = published("r0", "r1")
    for revision in ("", "from-another-operator"):
        assert ledger.progress(ref(), [replica("a", revision)]).stage is Stage.PUBLISHING


def test_without_replicas_nothing_is_known():
    assert published("r0").progress(ref(), []).stage is Stage.NO_REPLICAS


def test_a_refusal_is_told_with_the_name_of_the_replica():
    progress = published("r0", "r1").progress(ref(), [replica("a", "r1"), replica("b", "r0", "too deep")])
    assert (progress.stage, progress.detail) == (Stage.REFUSED, "b: too deep")


def test_what_is_not_published_yet_is_held():
    ledger = published("r0")
    ledger.wait([ref()])
    ledger.include(["other"])
    assert ledger.progress(ref(), [replica("a", "r0")]).stage is Stage.HELD
    ledger.include(["shop"])
    assert ledger.progress(ref(), [replica("a", "r0")]).stage is Stage.SERVED


def test_a_revision_that_comes_back_counts_as_the_newest():
    ledger = published("r0", "r1")
    ledger.wait([ref()])
    ledger.publish("shop", "r0", 5)
    ledger.include(["shop"])
    assert ledger.progress(ref(), [replica("a", "r0")]).stage is Stage.SERVED
    assert ledger.progress(ref(), [replica("a", "r1")]).stage is Stage.PUBLISHING


def test_what_is_settled_no_longer_waits():
    ledger = published("r0", "r1")
    ledger.settle(ref())
    assert list(ledger.pending) == []
    ledger.wait([ref()])
    assert list(ledger.pending) == [ref()]
