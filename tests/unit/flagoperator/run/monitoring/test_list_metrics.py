from __future__ import annotations

from flagd.compiler import compile_project
from flagd.id_list.id_list import IdList, Supply
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.run.monitoring.list_metrics import list_metrics
from tests.unit.flagd.compiler.form.test_cohort import REF, cohort


def test_size_age_and_state_of_lists_are_told_by_cohort():
    supply = Supply(IdList(HashedIds.of(["ann", "bob"]), 60), "the server answers 500")
    project = compile_project([cohort()], supplies={REF: supply})
    families = list_metrics({"default": project}, {("warehouse", "failed"): 3}, now=100.0)
    assert {each.name: each.value for family in families for each in family.samples} == {
        "flagoperator_list_ids": 2,
        "flagoperator_list_age_seconds": 40.0,
        "flagoperator_list_stale": 1,
        "flagoperator_list_fetches_total": 3,
    }
