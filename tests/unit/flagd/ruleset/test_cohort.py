import pytest

from flagd.ruleset.cohort import sees_every_cohort


@pytest.mark.parametrize(
    ("op", "values", "every"),
    [
        ("set contains any", ["vip"], False),
        ("set does not contain", ["vip"], False),
        ("set contains any", ["vip", "(none)"], True),
        ("set is", ["vip"], True),
        ("regex match", ["v.*"], True),
    ],
)
def test_a_condition_may_depend_on_cohorts_that_it_does_not_name(op, values, every):
    assert sees_every_cohort(op, values) is every
