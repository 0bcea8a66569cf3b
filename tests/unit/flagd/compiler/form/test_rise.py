"""Rises: flags that carry where they rise from, and are otherwise the same."""

import pytest

from flagd.compiler import compile_project
from flagd.compiler.form.limit import REST
from flagd.compiler.form.rise import Rise
from flagd.ruleset.metadata.rollout_start import rollout_start
from tests.unit.flagd.compiler.manifest import flag


def made(limits, starts, **spec):
    each = flag("f", **{"allOtherUsers": {"percent": "100"}} | spec)
    return compile_project([each], project="default", rises={each.ref: Rise(limits, starts)})


def starts_of(project):
    return [rollout_start(each) for each in project.state.flags["f"]["segments"]]


@pytest.mark.parametrize("limit", [5_500, 25_000, 100_000])
def test_amplitude_and_what_is_measured_see_nothing_of_where_it_rises_from(limit):
    plain, rising = made({REST: limit}, {}), made({REST: limit}, {REST: 5_000})
    assert starts_of(rising)[-1]["allocations"][0]["range"] == [0, 5]
    assert rising.flags == plain.flags
    assert (rising.measured("f"), rising.admitted("f")) == (plain.measured("f"), plain.admitted("f"))
    assert rising.revision != plain.revision


def test_only_the_allocations_that_are_compared_carry_it():
    assert starts_of(made({REST: 5_000}, {"another": 0})) == [None]


@pytest.mark.parametrize("spec", [{"active": False}, {"allOtherUsers": {"percent": "0"}}])
def test_a_flag_that_lets_nobody_in_compares_nobody(spec):
    assert not any(starts_of(made({REST: 5_000}, {REST: 0}, **spec)))
