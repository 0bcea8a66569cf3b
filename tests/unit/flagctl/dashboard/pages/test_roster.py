from dataclasses import replace

import pytest

from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.pages.roster import CURRENT, MISSING, STALE, UNREAD, Roster, roster_of
from flagd.id_list.id_list import IdList, Supply
from flagd.ruleset.hashed_ids import HashedIds

FROM = {"from": {"source": "warehouse", "path": "beta.txt"}}
LIST = {"ids": 3, "asOf": "2026-01-01T00:00:00Z"}
HELD = IdList(HashedIds.of(["ann", "bob"]), 1_767_225_600)


def cohort(spec, **status):
    return item_of("FlagCohort", {"metadata": {"name": "beta"}, "spec": spec, "status": status})


def current(status, message=""):
    return [{"type": "ListCurrent", "status": status, "reason": "Why", "message": message}]


def test_a_cohort_with_members_is_made_from_no_list():
    assert roster_of(cohort({"members": ["ann"]})) is None


@pytest.mark.parametrize(
    ("status", "roster"),
    [
        ({"list": LIST, "conditions": current("True")}, Roster(CURRENT, 3, LIST["asOf"])),
        ({"list": LIST, "conditions": current("False", "too small")}, Roster(STALE, 3, LIST["asOf"], "too small")),
        ({"conditions": current("False", "not found")}, Roster(MISSING, fault="not found")),
        ({}, Roster(UNREAD)),
    ],
)
def test_the_status_of_a_cluster_says_how_its_list_is(status, roster):
    assert roster_of(cohort(FROM, **status)) == roster


@pytest.mark.parametrize(
    ("supply", "roster"),
    [
        (Supply(HELD), Roster(CURRENT, 2, LIST["asOf"])),
        (Supply(HELD, "too small"), Roster(STALE, 2, LIST["asOf"], "too small")),
        (Supply(fault="no such file"), Roster(MISSING, fault="no such file")),
    ],
)
def test_a_list_that_is_read_here_says_how_it_is(supply, roster):
    assert roster_of(replace(cohort(FROM), supply=supply)) == roster
