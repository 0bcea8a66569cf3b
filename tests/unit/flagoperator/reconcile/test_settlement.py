"""Since when a flag gives everybody the same: written once, until that is something else."""

from __future__ import annotations

from flagd.ruleset.outcomes import Settled
from flagoperator.reconcile.served import Served
from flagoperator.reconcile.settlement import settlement

NOW, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
ON = Settled("on", "deadbeef")


def served(settled: Settled | None) -> Served:
    return Served("revision", 1, settled=settled)


def test_it_stays_while_everybody_gets_what_they_got():
    first = settlement({}, served(ON), NOW)
    assert first == {"settledSince": NOW, "settledOn": {"variant": "on", "digest": "deadbeef"}}
    assert settlement(first, served(ON), LATER) == first


def test_it_is_another_moment_once_everybody_gets_something_else():
    first = settlement({}, served(ON), NOW)
    assert settlement(first, served(Settled("off", "deadbeef")), LATER)["settledSince"] == LATER
    assert settlement(first, served(Settled("on", "0badf00d")), LATER)["settledSince"] == LATER


def test_it_goes_where_users_may_get_different_variants_or_nothing_is_served():
    first = settlement({}, served(ON), NOW)
    assert settlement(first, served(None), LATER) == {}
    assert settlement(first, None, LATER) == {}
