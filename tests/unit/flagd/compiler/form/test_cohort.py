from __future__ import annotations

from flagd.compiler import Compiled, compile_project
from flagd.id_list.id_list import IdList, Supply
from flagd.manifest import FlagCohort, ResourceRef
from flagd.ruleset import Cohort
from flagd.ruleset.hashed_ids import EMPTY, HashedIds
from tests.unit.flagd.compiler.manifest import flag, resource

REF = ResourceRef("FlagCohort", "default", "beta")
LIST = IdList(HashedIds.of(["ann"]), 7)
TESTERS = [{"key": "on", "testers": {"cohorts": ["beta"]}}]
USER = flag("near", variants=TESTERS)


def cohort(**spec: object) -> FlagCohort:
    origin = {"source": "warehouse", "path": "beta.csv"}
    return resource("FlagCohort", "beta", {"from": origin} | spec)


def compiled(supply: Supply | None, previous: Compiled | None = None, **spec: object) -> Compiled:
    supplies = {} if supply is None else {REF: supply}
    return compile_project([cohort(**spec), USER], previous=previous, supplies=supplies)


def reasons(project: Compiled) -> list[str]:
    return [each.reason for each in project.diagnostics]


def test_a_cohort_is_made_from_its_list():
    found = compiled(Supply(LIST), unit="company")
    assert found.cohorts == {"beta": Cohort("company", LIST.ids, 7)}
    assert found.diagnostics == []


def test_a_list_that_is_stale_is_served_with_a_warning():
    found = compiled(Supply(LIST, "the server answers 500"))
    assert found.cohorts["beta"].members == LIST.ids
    assert reasons(found) == ["ListStale"]
    assert "answers 500; the last good one of 1 ids is served" in found.diagnostics[0].message


def test_a_cohort_without_a_list_yet_is_broken_and_so_is_what_names_it():
    found = compiled(Supply(fault="it has not been fetched yet"))
    assert found.cohorts == {}
    assert reasons(found) == ["ReferenceBroken", "ListMissing"]


def test_after_a_restart_a_cohort_without_a_list_yet_stays_as_it_was_served():
    before = compiled(Supply(LIST))
    after = compiled(Supply(fault="it has not been fetched yet"), Compiled.restore(before.ruleset))
    assert after.revision == before.revision
    assert reasons(after) == ["ListMissing"]


def test_a_new_list_changes_the_cohort_and_not_the_flags():
    before = compiled(Supply(LIST))
    after = before.update([], supplies={REF: Supply(IdList(HashedIds.of(["bob"]), 8))})
    assert after.cohorts["beta"] == Cohort("User", HashedIds.of(["bob"]), 8)
    assert after.ruleset.flags["near"] is before.ruleset.flags["near"]
    assert after.revision != before.revision


def test_where_nobody_reads_lists_a_cohort_is_empty_with_a_warning():
    found = compiled(None)
    assert found.cohorts["beta"].members == EMPTY
    assert reasons(found) == ["ListUnread"]
    assert "near" in found.ruleset.flags


def test_a_cohort_that_names_its_members_again_takes_them():
    before = compiled(Supply(LIST))
    after = before.replace([resource("FlagCohort", "beta", {"members": ["eve"]}), USER])
    assert after.cohorts["beta"].members == frozenset(["eve"])
