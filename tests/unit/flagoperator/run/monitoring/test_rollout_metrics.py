"""What is counted of rollouts."""

from __future__ import annotations

from collections import Counter

from flagoperator.run.monitoring.rollout_metrics import rollout_metrics
from tests.unit.flagoperator.reconcile.ramps.country import STEPS, Country, flag, ramping


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


def test_without_ramps_there_is_nothing():
    assert [sample for each in rollout_metrics({}, Counter()) for sample in each.samples] == []
