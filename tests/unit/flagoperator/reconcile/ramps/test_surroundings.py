"""What was measured of one run is no evidence of another."""

from dataclasses import replace

from flagoperator.reconcile.ramps.surroundings import Surroundings
from flagoperator.rollout import Guard, Measurement, Plan, Run, Step
from tests.unit.flagoperator.reconcile.cluster import ref

GUARD = Guard("errors", "q", most=1)
RUN = Run("a", "digest", "", Plan((Step(100_000),), guards=(GUARD,)), ())
BAD = Measurement(1.0, 2.0)


def test_measurements_are_those_of_the_run_and_of_the_flag_as_it_is():
    found = Surroundings()
    found.take(ref(), RUN, GUARD, BAD)
    assert found.measurements(ref(), RUN) == {"errors": BAD}
    assert found.measurements(ref(), None) == {}
    for other in (replace(RUN, id="b"), replace(RUN, digest="other")):
        assert found.measurements(ref(), other) == {}


def test_failures_are_counted_while_a_flag_has_a_run():
    found = Surroundings()
    found.take(ref(), RUN, GUARD, BAD)
    found.take(ref(), RUN, GUARD, Measurement(2.0, 0.0))
    assert dict(found.failures) == {(ref(), "errors"): 1}
    found.keep([ref()])
    assert found.failures
    found.keep([])
    assert not found.failures
    assert found.measurements(ref(), RUN) == {}


def test_answers_are_counted_for_a_step_that_waits_for_some():
    found = Surroundings(lambda _project, _flag, token: 7 if token == "a-1-1" else 0)
    waiting = replace(RUN, plan=Plan((Step(100_000, min_evaluations=5),)), step=1)
    assert found.admitted(ref(), "checkout", waiting) == 7
    assert found.admitted(ref(), "checkout", replace(RUN, step=1)) == 0
    assert found.admitted(ref(), "checkout", None) == 0
