from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd import engine
from flagd.engine import Cohort, Engine, Reason
from tests.unit.flagd.engine.flags import (
    CONTEXTS,
    COUNTRY,
    FLAGS,
    USER_ID,
    VALUES,
    bucket,
    condition,
    flag,
    needing,
    segment,
)

ANN = {"user": {"user_id": "ann", "country": "US"}}
IN_US = [[condition(COUNTRY, "is", "US")]]


def test_the_face_is_what_the_contract_says():
    assert sorted(engine.__all__) == engine.__all__
    assert {"Engine", "Cohort", "Variant", "Reason", "Explanation", "evaluation_context"} <= set(engine.__all__)


@pytest.mark.parametrize(
    ("reason", "segments"),
    [
        (Reason.STATIC, [segment()]),
        (Reason.STATIC, [segment("named")]),
        (Reason.DISABLED, [segment("default", "off")]),
        (Reason.TESTER, [segment("individual-inclusions", conditions=IN_US)]),
        (Reason.STICKY, [segment("sticky-bucketing", conditions=IN_US)]),
        (Reason.PREREQUISITE, [segment("flag-dependencies", "off", conditions=IN_US)]),
        (Reason.SPLIT, [segment(bucket=bucket(100, "on", "b"))]),
        (Reason.SPLIT, [segment("named", conditions=IN_US, bucket=bucket(100, "on"))]),
        (Reason.TARGETING_MATCH, [segment("named", conditions=IN_US)]),
        (Reason.DEFAULT, [segment("named", "off", conditions=IN_US, bucket=bucket(0, "on"))]),
        (Reason.DEFAULT, [segment("named", conditions=[]), segment()]),
        (Reason.DEFAULT, [segment(variant=None, conditions=IN_US), segment()]),
    ],
)
def test_the_reason_says_what_decided(reason, segments):
    variant = Engine([flag("f", *segments)]).variant(ANN, "f")
    assert variant.reason is reason
    assert variant.segment == variant.metadata["segmentName"]


@pytest.mark.parametrize("segments", [[segment()], [segment("default", "off")], [segment(), segment(conditions=IN_US)]])
def test_what_everybody_gets_is_no_call_but_the_variant_itself(segments):
    made = Engine([flag("f", *segments)])
    assert made.answers["f"] is made.variant(ANN, "f")
    assert made.evaluate(ANN)["f"] is made.variant({}, "f")


@pytest.mark.parametrize("segments", [[], [segment(conditions=IN_US)], [segment(bucket=bucket(100, "on"))]])
def test_what_depends_on_the_user_is_a_call(segments):
    made = Engine([flag("f", *segments)])
    assert made.answers["f"](ANN, {}) is made.variant(ANN, "f")


def test_a_user_without_a_value_to_hash_gets_the_default_of_the_segment():
    made = Engine([flag("f", segment("named", "off", bucket=bucket(100, "on")))])
    for user in ({}, {"user_id": None}, {"user_id": ""}):
        assert made.variant({"user": user}, "f").key == "off"
        assert made.variant({"user": user}, "f").reason is Reason.DEFAULT


def test_a_user_outside_the_rollout_does_not_go_on_to_the_next_segment():
    made = Engine([flag("f", segment("named", "off", bucket=bucket(0, "on")), segment())])
    assert made.variant(ANN, "f").key == "off"


def test_metadata_of_flag_segment_and_variant_are_merged_the_latter_winning():
    source = flag("f", segment(), metadata={"a": 1, "b": 1, "segmentName": "x"})
    source["segments"][0]["metadata"]["b"] = 2
    source["variants"]["on"]["metadata"] = {"c": 3}
    assert Engine([source]).variant(ANN, "f").as_dict() == {
        "key": "on",
        "value": "on",
        "payload": None,
        "metadata": {"a": 1, "b": 2, "c": 3, "segmentName": "All Other Users"},
    }


def test_users_with_the_same_answer_share_one_variant():
    made = Engine([flag("f", segment(bucket=bucket(100, "on", "b")))])
    found = {made.variant({"user": {"user_id": str(number)}}, "f") for number in range(100)}
    assert {variant.key for variant in found} == {"on", "b"}
    assert len(found) == 2


def test_unknown_flags_have_no_variant_and_no_explanation():
    made = Engine([])
    assert made.variant(ANN, "f") is None
    assert made.explain(ANN, "f") is None
    assert made.evaluate(ANN) == {}
    assert made.evaluate(ANN, ["f"]) == {}


def test_no_keys_mean_all_flags_and_parents_come_with_their_children():
    made = Engine([needing("child", "parent"), flag("other", segment()), flag("parent", segment())])
    assert made.evaluate(ANN) == made.evaluate(ANN, []) == made.evaluate(ANN, ["other", "child"])
    assert made.order() == ["parent", "child", "other"]
    assert list(made.evaluate(ANN, ["child"])) == made.order(["child"]) == ["parent", "child"]


def test_a_child_is_off_while_its_parent_is_not_on():
    parent = flag("parent", segment("named", conditions=IN_US), segment(variant="off"))
    made = Engine([needing("child", "parent"), parent])
    assert made.variant(ANN, "child").key == "on"
    assert made.variant({"user": {"country": "DE"}}, "child").key == "off"
    assert made.variant({}, "child").reason is Reason.PREREQUISITE


def test_a_missing_parent_is_not_met():
    assert Engine([needing("child", "ghost")]).variant(ANN, "child").key == "off"


def test_members_of_a_cycle_and_they_alone_give_off():
    made = Engine([needing("a", "b"), needing("b", "a"), needing("child", "a"), flag("bystander", segment())])
    assert {key: variant.key for key, variant in made.evaluate(ANN).items()} == {
        "a": "off",
        "b": "off",
        "child": "off",
        "bystander": "on",
    }
    assert made.variant(ANN, "a") is made.evaluate(ANN)["a"]
    assert made.variant(ANN, "a").metadata == {"segmentName": "flag-dependencies", "default": True}


def test_a_cycle_member_that_declares_no_off_gives_off_all_the_same():
    source = flag("a", segment(), dependencies=["a"])
    del source["variants"]["off"]
    assert Engine([source]).variant(ANN, "a").key == "off"


def test_all_that_depend_on_a_flag_are_found():
    flags = {key: {"key": key, "variants": {}, "segments": []} for key in ("top", "middle", "low", "other")}
    flags["middle"]["dependencies"], flags["low"]["dependencies"] = ["top"], ["middle", "missing"]
    made = Engine(flags.values())
    assert made.dependents(["top"]) == {"top", "middle", "low"}
    assert made.dependents(["missing", "other"]) == {"missing", "low", "other"}
    without = {**flags, "low": {"key": "low", "variants": {}, "segments": []}}
    assert made.update(without, ["low"], {}).dependents(["top"]) == {"top", "middle"}


def test_no_two_flags_share_a_variant_object():
    """What is kept of an answer is kept by that object, with the key of the flag in it."""
    sources = [needing("a", "b"), needing("b", "a"), needing("c", "c"), needing("child", "a"), flag("plain", segment())]
    for source in sources:
        del source["variants"]["off"]
    given = [variant for variant in Engine(sources).evaluate(ANN).values() if variant]
    assert len(given) >= 4
    assert len({id(variant) for variant in given}) == len(given)


def test_long_chains_of_parents_are_answered():
    chain = [needing(str(number), str(number + 1)) for number in range(2_000)] + [flag("2000", segment())]
    made = Engine(chain)
    assert made.variant(ANN, "0").key == "on"
    assert len(made.evaluate(ANN)) == 2_001
    assert len(made.explain(ANN, "0").dependencies) == 20


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        {"key": "broken"},
        {"key": ["broken"], "segments": [], "variants": {}},
        {"key": "broken", "segments": None, "variants": {}},
        flag("broken", segment(conditions=[[{"selector": [1], "op": "is", "values": []}]])),
        flag("broken", segment(conditions=[[{"op": "is"}]])),
        flag("broken", segment(conditions=7)),
        flag("broken", segment(bucket={"selector": USER_ID, "salt": 1, "allocations": []})),
        flag("broken", segment(bucket={"selector": USER_ID, "salt": "s", "allocations": [{"range": ["0", 1]}]})),
        flag(
            "broken", segment(bucket={"selector": USER_ID, "salt": "s", "allocations": [{"range": [float("inf"), 1]}]})
        ),
        flag("broken", segment(variant=["on"])),
        flag("broken", segment(), dependencies="good"),
        flag("broken", segment(), metadata=[1]),
        {**flag("broken", segment()), "variants": {"on": {"value": "on"}}},
    ],
)
def test_a_malformed_flag_gives_nothing_and_disturbs_no_other(broken):
    made = Engine([broken, needing("child", "broken"), flag("good", segment())])
    assert made.variant(ANN, "broken") is None
    assert {key: variant.key for key, variant in made.evaluate(ANN).items()} == {"child": "off", "good": "on"}


@given(VALUES, st.sampled_from(["segments", "variants", "dependencies", "metadata"]))
def test_any_value_in_a_flag_disturbs_no_other(value, field):
    made = Engine([{**flag("odd", segment(bucket=bucket(50, "on"))), field: value}, flag("good", segment())])
    assert made.evaluate(ANN)["good"].key == "on"


@given(FLAGS, CONTEXTS)
def test_no_context_makes_an_engine_raise_and_its_ways_agree(source, context):
    made = Engine([source, needing("child", "flag")])
    everything = made.evaluate(context)
    for key in ("flag", "child"):
        variant = made.variant(context, key)
        assert variant is everything.get(key)
        explanation = made.explain(context, key)
        assert explanation.variant is variant
        assert explanation.lines()


def test_a_context_nested_ten_thousand_deep_is_answered():
    deep: dict = {}
    for _ in range(10_000):
        deep = {"a": [deep]}
    made = Engine([flag("f", segment("named", conditions=IN_US, bucket=bucket(50, "on")), segment(variant="b"))])
    for context in (deep, {"user": deep}, {"user": {"country": deep}}, {"user": {"country": "US", "user_id": deep}}):
        assert made.variant(context, "f").key in ("on", "b")
        assert made.explain(context, "f").lines()


def test_flags_that_are_the_same_objects_are_taken_over_from_the_engine_before():
    kept, changed = flag("kept", segment()), flag("changed", segment())
    before = Engine([kept, changed])
    after = Engine([kept, flag("changed", segment(variant="b"))], previous=before)
    assert after.variant(ANN, "kept") is before.variant(ANN, "kept")
    assert after.variant(ANN, "changed").key == "b"
    assert after.variant(ANN, "changed") is not before.variant(ANN, "changed")


def test_a_flag_is_made_again_when_a_cohort_that_it_names_changes():
    beta = [[condition(["context", "user", "cohort_ids"], "set contains any", "beta")]]
    source = flag("f", segment("beta", conditions=beta), segment(variant="off"))
    members = {"beta": Cohort("User", frozenset(["ann"]))}
    without = Engine([source])
    within = Engine([source], members, previous=without)
    unchanged = Engine([source], dict(members), previous=within)
    again = Engine([source], {"beta": Cohort("User", frozenset(["bob"]))}, previous=within)
    assert [made.variant(ANN, "f").key for made in (without, within, unchanged, again)] == ["off", "on", "on", "off"]
    assert unchanged.variant(ANN, "f") is within.variant(ANN, "f")


def test_a_cycle_that_is_broken_up_leaves_no_trace():
    a = needing("a", "b")
    cyclic = Engine([a, needing("b", "a")])
    assert cyclic.variant(ANN, "a").key == "off"
    assert Engine([a, flag("b", segment())], previous=cyclic).variant(ANN, "a").key == "on"


def test_flags_may_make_a_round_trip_through_json():
    sources = [needing("child", "f"), flag("f", segment("named", conditions=IN_US, bucket=bucket(50, "on", "b")))]
    there, back = Engine(sources), Engine(json.loads(json.dumps(sources)))
    for number in range(50):
        context = {"user": {"user_id": str(number), "country": "US"}}
        first, second = there.evaluate(context), back.evaluate(context)
        assert {key: made.as_dict() for key, made in first.items()} == {
            key: made.as_dict() for key, made in second.items()
        }
