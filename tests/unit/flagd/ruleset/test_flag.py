import pytest

from flagd.ruleset.flag import is_retained, named_cohorts, needs_every_cohort


def asking(op="set contains any", values=("vip",), field="cohort_ids"):
    condition = {"selector": ["context", "user", field], "op": op, "values": list(values)}
    return {"key": "f", "variants": {}, "segments": [{}, {"conditions": [[condition]]}]}


def test_the_cohorts_that_conditions_name_are_known():
    assert named_cohorts(asking(values=("vip", "beta"))) == {"vip", "beta"}
    assert named_cohorts(asking(field="country")) == frozenset()


@pytest.mark.parametrize(("op", "every"), [("set contains any", False), ("set is", True)])
def test_some_conditions_depend_on_all_cohorts(op, every):
    assert needs_every_cohort(asking(op)) is every


@pytest.mark.parametrize(
    "malformed", [{}, {"segments": [1]}, {"segments": [{"conditions": [[{}]]}]}, asking(values=(1,))]
)
def test_a_malformed_flag_names_none(malformed):
    assert named_cohorts(malformed) == frozenset()
    assert not needs_every_cohort(malformed)


@pytest.mark.parametrize(
    ("metadata", "retained"),
    [
        ({}, False),
        ({"deployed": False}, False),
        ({"retained": True}, False),
        ({"deployed": False, "retained": True}, True),
    ],
)
def test_what_was_deleted_and_stays_says_so(metadata, retained):
    assert is_retained({"key": "f", "variants": {}, "segments": [], "metadata": metadata}) is retained
