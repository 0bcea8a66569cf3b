from dataclasses import replace

from flagd.compiler.graph.references import KEY
from flagd.compiler.outcome import Outcome
from tests.unit.flagd.compiler.manifest import cohort, compiled, flag, needing


def outcome_of(key, *resources):
    return compiled(*resources).state.outcomes[KEY, key]


def test_only_a_form_that_is_kept_needs_others():
    outcome = outcome_of("f", needing("f", "parent"), flag("parent"))
    assert outcome.needs == frozenset()
    assert replace(outcome, held=True).needs == {(KEY, "parent")}
    assert replace(outcome, retained=True).needs == {(KEY, "parent")}
    assert Outcome(None, held=True).needs == frozenset()


def test_a_kept_form_needs_the_cohorts_that_it_names():
    testers = [{"key": "on", "testers": {"cohorts": ["vip"]}}]
    outcome = outcome_of("f", flag("f", variants=testers), cohort("vip"))
    assert replace(outcome, held=True).needs == {("FlagCohort", "vip")}


def test_a_form_belongs_to_the_resource_that_made_it():
    form = outcome_of("f", flag("f", {"uid": "1"})).product
    ref = form.owner
    assert form.belongs_to(ref, "1")
    assert not form.belongs_to(ref, "2")
    assert replace(form, owner=None).belongs_to(ref, "2")
