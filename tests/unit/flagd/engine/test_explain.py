from __future__ import annotations

import pytest

from flagd.engine import Engine
from flagd.hashing import bucket as hashed
from tests.unit.flagd.compiler.manifest import cohort, compiled
from tests.unit.flagd.compiler.manifest import flag as flag_manifest
from tests.unit.flagd.engine.flags import COUNTRY, END, PLAN, bucket, condition, flag, needing, segment

IN_CA = {"attribute": "user.country", "op": "is", "values": ["CA"]}
IN_US = [[condition(COUNTRY, "is", "US", "CA"), condition(PLAN, "is", "pro")]]


def explain(source, user, *more):
    return Engine([source, *more]).explain({"user": user}, source["key"])


def user_at(allocation, salt="salt"):
    return next(str(number) for number in range(10_000) if hashed(salt, str(number)).allocation == allocation)


def test_a_failed_condition_is_named_with_the_value_seen():
    source = flag("f", segment("US pro", conditions=IN_US), segment(variant="off"))
    explanation = explain(source, {"country": "DE"})
    assert explanation.lines() == [
        "f: off (DEFAULT)",
        "  segment 'US pro': no — user.country is [US, CA]: saw 'DE'",
        "  segment 'All Other Users': yes — everybody",
        "    gives off",
    ]
    first = explanation.segments[0]
    assert (first.matched, first.variant, first.bucket) == (False, "", None)
    assert [part.matched for part in first.any_of[0].conditions] == [False, False]
    assert first.any_of[0].conditions[1].actual is None


def test_a_user_outside_a_whole_rollout_hears_from_which_percentage_on():
    user = user_at(61)
    source = flag("f", segment("all", "off", bucket=bucket(25, "on", "b")))
    explanation = explain(source, {"user_id": user})
    found = explanation.segments[0].bucket
    assert (found.allocation, found.rollout_percent, found.admitted) == (61, "25", False)
    assert found.admitted_from_percent == "61.349"
    assert found.hash == hashed("salt", user).hash == found.distribution * 100 + found.allocation
    assert explanation.lines()[2] == (
        f"    bucket 61 of 100 (murmur3 of 'salt/{user}' is {found.hash}), rollout 25 %: "
        "not yet; would be admitted from 61.349 %"
    )


def test_a_user_inside_a_rollout_hears_since_when():
    found = explain(flag("f", segment(bucket=bucket(100, "on"))), {"user_id": user_at(7)}).segments[0]
    assert (found.variant, found.bucket.admitted, found.bucket.admitted_from_percent) == ("on", True, "7.791")


def test_a_user_without_a_value_is_in_no_bucket():
    explanation = explain(flag("f", segment(variant="off", bucket=bucket(100, "on"))), {"country": "US"})
    found = explanation.segments[0].bucket
    assert (found.value, found.admitted, found.admitted_from_percent) == (None, False, "")
    assert "no user.user_id to hash" in "\n".join(explanation.lines())


def test_ranges_that_are_no_rollout_have_no_percentage_to_wait_for():
    raw = bucket(10, "on")
    raw["allocations"][0]["range"] = [40, 50]
    found = explain(flag("f", segment(variant="off", bucket=raw)), {"user_id": user_at(7)}).segments[0].bucket
    assert (found.rollout_percent, found.admitted, found.admitted_from_percent) == ("10", False, "")


def test_two_thousand_values_are_cut_to_ten():
    values = [str(number) for number in range(2_000)]
    explanation = explain(flag("f", segment("many", conditions=[[condition(COUNTRY, "is", *values)]])), {})
    found = explanation.segments[0].any_of[0].conditions[0]
    assert (found.values, found.value_count) == (tuple(values[:10]), 2_000)
    assert "… 1990 more" in explanation.lines()[1]


def test_parents_are_explained_first_and_without_their_own():
    chain = [needing("b", "c"), flag("c", segment(variant="off"))]
    explanation = explain(needing("a", "b"), {}, *chain)
    assert [parent.flag_key for parent in explanation.dependencies] == ["c", "b"]
    assert all(parent.dependencies == () for parent in explanation.dependencies)
    assert explanation.lines()[1] == "  prerequisites: not met — flag b is [on]: saw 'off'"


def test_a_member_of_a_cycle_says_so():
    explanation = explain(needing("a", "a"), {})
    assert explanation.segments == ()
    assert "its prerequisites lead back to itself" in explanation.lines()[1]


def test_a_segment_that_gives_nothing_hands_on():
    source = flag("f", segment("x", variant=None), segment("y", conditions=[]), segment(variant="b"))
    assert explain(source, {}).lines() == [
        "f: b (DEFAULT)",
        "  segment 'x': yes — everybody",
        "    gives nothing, the next segment decides",
        "  segment 'y': no — it has no conditions that could hold",
        "  segment 'All Other Users': yes — everybody",
        "    gives b",
    ]


def test_a_flag_without_an_answer_is_explained():
    explanation = explain(flag("f", segment("y", conditions=[])), {})
    assert explanation.variant is None
    assert explanation.lines()[0] == "f: nothing: no segment decides"


@pytest.mark.parametrize(("end", "percent"), [(END, "100"), (0, "0"), (END // 2, "50")])
def test_the_effective_rollout_counts_distributions_too(end, percent):
    raw = bucket(100, "on")
    raw["allocations"][0]["distributions"][0]["range"] = [0, end]
    assert explain(flag("f", segment(bucket=raw)), {"user_id": "u"}).segments[0].bucket.rollout_percent == percent


@pytest.mark.parametrize(
    ("op", "value", "seen", "said"),
    [
        ("greater", "18", 21, "compared as numbers"),
        ("greater", "18", "N/A", "compared as text: 'N/A' is not a number"),
        ("less", "M", "CA", "compared as text: 'M' is not a number"),
        ("version greater", "1.0.0-rc.2", "1.0.0-rc.10", "compared as versions"),
        ("version greater or equal", "9.5.0", "10.0.0+42", "compared as text: '10.0.0+42' is not a version"),
        ("version less", "latest", "1.2.3", "compared as text: 'latest' is not a version"),
    ],
)
def test_an_operator_that_orders_says_how_it_compared(op, value, seen, said):
    source = flag("f", segment("s", conditions=[[condition(PLAN, op, value)]]), segment(variant="off"))
    line = explain(source, {"user_properties": {"plan": seen}}).lines()[1]
    assert line.endswith(f"saw '{seen}', {said}")


@pytest.mark.parametrize(("op", "seen"), [("is", "CA"), ("greater", None), ("greater", ["1", "2"])])
def test_what_is_not_ordered_is_not_said_to_be(op, seen):
    source = flag("f", segment("s", conditions=[[condition(PLAN, op, "18")]]), segment(variant="off"))
    assert "compared" not in explain(source, {"user_properties": {"plan": seen}}).lines()[1]


def test_the_range_that_chose_the_variant_is_told():
    raw = bucket(100, "on", "b")
    explanation = explain(flag("f", segment(bucket=raw)), {"user_id": "u"})
    found = explanation.segments[0].bucket
    assert found.range_start <= found.distribution < found.range_end
    assert found.range_percent == "50"
    assert explanation.lines()[3] == (
        f"    distribution {found.distribution} of 42949673 is in {found.range_start} to {found.range_end - 1}, "
        f"the 50 % of {explanation.variant.key}"
    )


def test_one_range_needs_no_telling():
    explanation = explain(flag("f", segment(bucket=bucket(100, "on"))), {"user_id": "u"})
    assert explanation.segments[0].bucket.range_percent == ""
    assert "distribution" not in "\n".join(explanation.lines())


def test_an_inactive_flag_says_so():
    assert explain(flag("f", segment("default", "off")), {}).lines() == [
        "f: off (DISABLED)",
        "  the flag is inactive (spec.active is false)",
        "    gives off",
    ]


def test_segments_that_nobody_wrote_are_named_in_words():
    source = flag(
        "f",
        segment("individual-inclusions", conditions=IN_US),
        segment("sticky-bucketing", conditions=IN_US),
        segment(variant="off"),
    )
    lines = explain(source, {"country": "DE"}).lines()
    assert lines[1].startswith("  testers: no — user.country is")
    assert lines[2].startswith("  sticky bucketing: no — ")


def test_a_prerequisite_that_is_met_is_not_told_as_a_double_negation():
    assert explain(needing("a", "b"), {}, flag("b", segment(variant="on"))).lines()[1] == (
        "  prerequisites: met — flag b is [on]: saw 'on'"
    )


def test_an_empty_text_among_the_values_is_visible():
    source = flag("f", segment("s", conditions=[[condition(PLAN, "contains", "", " a")]]))
    assert "contains ['', ' a']" in explain(source, {}).lines()[1]


@pytest.mark.parametrize("percent", [1, 25, "0.5", 100])
def test_the_claim_is_the_smallest_percentage_that_admits(percent):
    def at(share):
        split = flag_manifest("f", variants=[{"key": "a"}, {"key": "b"}], allOtherUsers={"percent": share})
        return Engine(compiled(split).flags)

    for number in range(20):
        context = {"user": {"user_id": f"user-{number}"}}
        claim = at(percent).explain(context, "f").segments[0].bucket.admitted_from_percent
        just_below = f"{float(claim) - 0.001:.3f}"
        assert at(claim).variant(context, "f").key != "off"
        assert at(just_below).variant(context, "f").key == "off"


ZERO = [
    {"allOtherUsers": {"percent": 0}},
    {
        "allOtherUsers": {"percent": 0, "weights": {"on": 1, "b": 4}},
        "bucketing": {"salt": "s", "key": "user.device_id"},
    },
    {"allOtherUsers": {"percent": 0}, "bucketing": {"unit": "company"}},
]


@pytest.mark.parametrize("in_segment", [False, True])
@pytest.mark.parametrize("spec", ZERO)
def test_at_0_percent_a_user_hears_the_same_percentage_as_at_any_other(spec, in_segment):
    def found(percent):
        rollout = {**spec["allOtherUsers"], "percent": percent}
        given = {**spec, "allOtherUsers": rollout}
        if in_segment:
            given["segments"] = [{"name": "CA", "match": [IN_CA], "rollout": rollout}]
        flags = compiled(flag_manifest("f", variants=[{"key": "on"}, {"key": "b"}], **given)).ruleset.flags
        return Engine(flags.values()).explain(context, "f").segments[0].bucket

    user = {"user_id": "eve", "device_id": "d-1", "country": "CA"}
    context = {"user": user, "groups": {"company": {"group_name": "acme"}}}
    zero, whole = found(0), found(100)
    claim = float(zero.admitted_from_percent)
    assert (zero.rollout_percent, zero.admitted) == ("0", False)
    assert (zero.hash, zero.value, zero.attribute) == (whole.hash, whole.value, whole.attribute)
    assert found(f"{claim:.3f}").admitted
    assert not found(f"{claim - 0.001:.3f}").admitted


def test_at_0_percent_a_user_without_a_value_is_in_no_bucket():
    flags = compiled(flag_manifest("f", allOtherUsers=None)).ruleset.flags.values()
    assert "    no user.user_id to hash, so in no bucket" in Engine(flags).explain({}, "f").lines()


def test_a_flag_that_does_not_say_has_no_percentage_at_0_percent():
    flags = compiled(flag_manifest("f", allOtherUsers=None)).flags
    assert Engine(flags).explain({"user": {"user_id": "eve"}}, "f").segments[0].bucket is None


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ({"attribute": "user.properties.path", "op": "glob match", "values": ["/docs/*"]}, "[/docs/*]: saw none"),
        ({"attribute": "user.country", "op": "regex match", "values": ["^a+$"]}, "[^a+$]: saw none"),
        ({"op": "in cohort", "values": ["beta"]}, "[beta]: saw none"),
        ({"op": "in cohort", "values": ["acme-like"]}, "[acme-like]: saw none"),
    ],
)
def test_conditions_are_shown_as_the_manifest_says_them(condition, line):
    rollout = {"percent": 100}
    source = flag_manifest("f", segments=[{"name": "s", "match": [condition], "rollout": rollout}])
    whole = compiled(source, cohort("beta"), cohort("acme-like", unit="company"))
    owner = "groups.company " if condition["values"] == ["acme-like"] else ""
    compared = (
        f"{condition['attribute']} {condition['op']}" if "attribute" in condition else f"{owner}{condition['op']}"
    )
    assert Engine(whole.flags, whole.cohorts).explain({}, "f").lines()[1] == f"  segment 's': no — {compared} {line}"
