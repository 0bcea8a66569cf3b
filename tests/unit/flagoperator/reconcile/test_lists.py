from __future__ import annotations

from typing import Any

from flagd.id_list.id_list import IdList, Supply
from flagd.ruleset import Cohort
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.reconcile.entry import Entry, read_entry
from flagoperator.reconcile.lists import PENDING, Lists, origin_of
from flagoperator.reconcile.projects import Projects
from tests.unit.flagoperator.reconcile.cluster import flag, obj, ref

SUPPLY = Supply(IdList(HashedIds.of(["ann"]), 7))
BETA = ref("beta", "FlagCohort")


def cohort(version: int = 1, **spec: Any) -> Entry:
    origin = {"from": {"source": "warehouse", "path": "beta.csv"}}
    return read_entry("FlagCohort", obj("FlagCohort", "beta", version, origin | spec, generation=version), None)


def test_a_list_is_pending_until_it_is_put_and_new_once():
    lists, entry = Lists(), cohort()
    origin = origin_of(entry)
    assert origin is not None
    assert lists.supply(entry) == PENDING
    assert lists.put(origin, SUPPLY)
    assert not lists.put(origin, SUPPLY)
    assert (lists.supply(entry), lists.drain(), lists.drain()) == (SUPPLY, {origin}, set())
    lists.keep([])
    assert lists.supply(entry) == PENDING


def test_members_that_a_manifest_names_need_no_list():
    named = read_entry("FlagCohort", obj("FlagCohort", "beta", 1, {"members": ["ann"]}), None)
    assert origin_of(named) is None
    assert Lists().supply(named) is None


def test_a_namespace_gets_nothing_from_a_source_that_is_not_its_own():
    lists, entry = Lists(), cohort()
    lists.refusal = lambda origin, namespace: f"no {origin.source} for {namespace}"
    assert lists.supply(entry) == Supply(fault="no warehouse for shop")


def test_what_names_a_cohort_waits_for_its_list_and_follows_it():
    projects, entry = Projects(), cohort()
    user = read_entry("Flag", flag(variants=[{"key": "on", "testers": {"cohorts": ["beta"]}}]), None)
    projects.take({BETA: entry, ref(): user})
    assert dict(projects.compiled["shop"].ruleset.flags) == {}
    assert projects.supply() == set()
    origin = origin_of(entry)
    assert origin is not None
    projects.lists.put(origin, SUPPLY)
    assert projects.supply() >= {BETA, ref()}
    ruleset = projects.compiled["shop"].ruleset
    assert (list(ruleset.flags), ruleset.cohorts["beta"]) == (["checkout"], Cohort("User", HashedIds.of(["ann"]), 7))


def test_an_edit_to_another_list_keeps_the_old_one_until_the_new_one_is_there():
    projects, entry = Projects(), cohort()
    origin = origin_of(entry)
    assert origin is not None
    projects.lists.put(origin, SUPPLY)
    projects.take({BETA: entry})
    edited = cohort(2, **{"from": {"source": "warehouse", "path": "other.csv"}})
    projects.take({BETA: edited})
    compiled = projects.compiled["shop"]
    assert compiled.cohorts["beta"].members == HashedIds.of(["ann"])
    assert [each.reason for each in compiled.diagnostics] == ["ListMissing"]
