from __future__ import annotations

from flagd.manifest import Diagnostic, Severity
from flagd.ruleset import Cohort
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.reconcile.list_status import list_conditions, list_status, list_turn
from tests.unit.flagoperator.reconcile.cluster import ref
from tests.unit.flagoperator.reconcile.test_lists import cohort

CURRENT = {"conditions": [{"type": "ListCurrent", "status": "True", "reason": "Fetched", "message": "fine"}]}
STALE = {"conditions": [{"type": "ListCurrent", "status": "False", "reason": "ListStale", "message": "answers 500"}]}
OTHERWISE = {"conditions": [{"type": "ListCurrent", "status": "False", "reason": "ListStale", "message": "cut short"}]}


def test_size_and_age_of_a_list_are_said():
    members = Cohort("User", HashedIds.of(["ann", "bob"]), 1_767_225_600)
    assert list_status(members) == {"list": {"ids": 2, "asOf": "2026-01-01T00:00:00Z"}}
    assert list_status(Cohort("User", frozenset(["ann"]))) == list_status(None) == {}


def test_a_list_is_current_unless_something_is_found():
    finding = Diagnostic(Severity.WARNING, "ListStale", "answers 500", "spec.from", ref("beta", "FlagCohort"))
    [good], [bad] = list_conditions(cohort(), ()), list_conditions(cohort(), [finding])
    assert (good.status, good.reason) == ("True", "Fetched")
    assert (bad.status, bad.reason, bad.message) == ("False", "ListStale", "answers 500")


def test_an_event_tells_of_a_turn_and_not_of_other_words():
    turn, back = list_turn(CURRENT, STALE), list_turn(STALE, CURRENT)
    assert turn is not None
    assert back is not None
    assert (turn.status, back.status) == ("False", "True")
    assert list_turn(STALE, OTHERWISE) is list_turn({}, CURRENT) is list_turn(CURRENT, CURRENT) is None
