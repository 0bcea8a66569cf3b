"""What is counted of rollouts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from flagoperator.evidence.e_process import EProcess
from flagoperator.rollout.guards.comparison import Compared
from flagoperator.rollout.guards.guard import Evidence
from flagoperator.rollout.ratio import Ratio
from flagoperator.run.monitoring.rollout_metrics import guard_metrics, rollout_metrics
from tests.unit.flagoperator.reconcile.ramps.country import STEPS, Country, flag, ramping
from tests.unit.flagoperator.rollout.test_ratio import tally


def samples(country: Country) -> dict[str, float]:
    families = rollout_metrics(country.model.projects.ramps.walks, country.model.metrics.transitions)
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value for each in families for sample in each.samples
    }


def test_a_flag_that_rises_is_counted_with_its_goal_and_its_phase():
    assert samples(ramping(80)) == {
        "flag_rollout_percent['checkout', 'shop']": 5.0,
        "flag_rollout_goal['checkout', 'shop']": 80.0,
        "flag_rollout_phase['Progressing', 'checkout', 'shop']": 1,
        "flag_rollout_transitions_total['Progressing', 'Started']": 1,
        "flag_rollout_transitions_total['Progressing', 'Step']": 1,
    }


def test_one_that_is_done_shows_where_it_is():
    country = ramping(80)
    for _ in range(4):
        country.after(3600)
    found = samples(country)
    assert found["flag_rollout_percent['checkout', 'shop']"] == 80.0
    assert found["flag_rollout_phase['Completed', 'checkout', 'shop']"] == 1


def test_flags_that_rest_and_never_rose_are_not_counted():
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS, default=True)
    country.put("Flag", "checkout", **flag(0))
    country.settle()
    assert samples(country) == {}


def test_one_that_cannot_be_used_hides_nothing_else():
    country = ramping()
    country.put("Flag", "checkout", **flag(), surprise=1)
    country.put("Flag", "other", **flag())
    country.settle()
    assert {each for each in samples(country) if "percent" in each} == {"flag_rollout_percent['other', 'shop']"}


@pytest.mark.parametrize(
    ("told", "unbalanced"), [([(500, 500)], 0), ([(650, 350)], 1), ([(650, 350), (65_000, 65_000)], 1)]
)
def test_a_run_whose_users_are_divided_otherwise_stays_reported(told, unbalanced):
    model = ramping(80).model
    [(ref, walk)] = model.projects.ramps.walks.items()
    ratio = Ratio()
    for users in told:
        ratio = ratio.after(tally(*users))
    walks = {ref: replace(walk, state=replace(walk.state, run=replace(walk.state.run, ratio=ratio)))}
    families = guard_metrics(walks, model.surroundings, Counter())
    found = {sample.name: sample.value for each in families for sample in each.samples}
    assert found["flag_rollout_unbalanced"] == unbalanced


@pytest.mark.parametrize(("until", "shown"), [(None, []), (1_796_040_000.0, [1.0])])
def test_a_comparison_has_no_evidence_before_its_counters_were_read(until, shown):
    """Else 1, which is no evidence of harm, would be said of what nobody has looked at."""
    model = ramping(80).model
    [(ref, walk)] = model.projects.ramps.walks.items()
    guards = (Evidence("errors", compared=Compared(EProcess(1.2), until=until)),)
    walks = {ref: replace(walk, state=replace(walk.state, run=replace(walk.state.run, guards=guards)))}
    families = guard_metrics(walks, model.surroundings, Counter())
    assert [each.value for family in families for each in family.samples if each.name == "flag_rollout_evalue"] == shown


def test_without_ramps_there_is_nothing():
    assert [sample for each in rollout_metrics({}, Counter()) for sample in each.samples] == []
