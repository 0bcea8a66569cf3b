import pytest

from flagd.engine.explanation import (
    BucketExplanation,
    ConditionExplanation,
    ConditionSetExplanation,
    Explanation,
    ListExplanation,
    SegmentExplanation,
)
from flagd.engine.variant import Reason, Variant

OFF = Variant("off", None, None, {}, Reason.DEFAULT, "s")


def condition(**fields):
    known = {"attribute": "user.country", "op": "is", "values": ("US",), "value_count": 1, "actual": "CA"}
    return ConditionExplanation(**{**known, "matched": False, **fields})


@pytest.mark.parametrize(
    ("part", "line"),
    [
        (condition(), "user.country is [US]: saw 'CA'"),
        (condition(actual=None), "user.country is [US]: saw none"),
        (condition(values=(" US", ""), value_count=5), "user.country is [' US', '', … 3 more]: saw 'CA'"),
        (condition(op="less", compared_as="numbers"), "user.country less [US]: saw 'CA', compared as numbers"),
        (
            condition(op="version less", compared_as="text", misread="CA"),
            "user.country version less [US]: saw 'CA', compared as text: 'CA' is not a version",
        ),
        (condition(attribute="user.cohort_ids", op="set contains any"), "in cohort [US]: saw 'CA'"),
    ],
)
def test_a_condition_stands_as_a_manifest_says_it(part, line):
    assert part.line() == line


def test_who_does_not_see_a_flag_learns_only_whether_the_condition_held():
    hidden = condition(flag="secret", matched=True).shown(lambda _key: False)
    assert (hidden.matched, hidden.values, hidden.actual, hidden.op) == (True, (), None, "")
    assert condition(flag="secret").shown(lambda _key: True).values == ("US",)
    assert condition().shown(lambda _key: False).values == ("US",)


def test_a_dependency_that_is_not_seen_is_left_out():
    inner = Explanation("secret", OFF, ())
    segment = SegmentExplanation("s", True, (ConditionSetExplanation((condition(flag="secret"),)),), None, "off")
    shown = Explanation("f", OFF, (segment,), (inner,)).shown(lambda key: key != "secret")
    assert shown.dependencies == ()
    assert "secret" not in "\n".join(shown.lines())


def bucket(**fields):
    known = {"attribute": "user.user_id", "salt": "f", "value": "ann", "hash": 7, "allocation": 7, "distribution": 0}
    return BucketExplanation(
        **{**known, "rollout_percent": "10", "admitted": True, "admitted_from_percent": "7.1", **fields}
    )


def test_a_bucket_says_from_which_percentage_it_admits():
    assert list(bucket().lines("on")) == [
        "bucket 7 of 100 (murmur3 of 'f/ann' is 7), rollout 10 %: in; admitted from 7.1 %"
    ]
    (line,) = bucket(admitted=False).lines("on")
    assert line.endswith("not yet; would be admitted from 7.1 %")


def test_without_a_value_there_is_no_bucket():
    assert list(bucket(value=None).lines("on")) == ["no user.user_id to hash, so in no bucket"]


def test_a_condition_says_size_and_age_of_the_lists_that_it_names():
    lists = (ListExplanation("beta", 1_000_000, 1_767_225_600), ListExplanation("gone", 0, 0))
    part = ConditionExplanation(
        "user.cohort_ids", "set contains any", ("beta", "gone"), 2, None, matched=False, lists=lists
    )
    assert part.line() == (
        "in cohort [beta, gone]: saw none "
        "(beta: 1,000,000 ids as of 2026-01-01 00:00 UTC; the list of gone is not read here)"
    )
