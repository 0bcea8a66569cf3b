from dataclasses import fields

from flagd.engine.variant import Arm, Reason, Variant


def test_an_answer_without_what_is_hashed_says_what_is_missing():
    known = Variant("on", "on", None, {"flagVersion": 1}, Reason.SPLIT, "s")
    lacking = Variant("off", None, None, {"flagVersion": 1}, Reason.SPLIT, "s", missing="user.user_id")
    assert known.told == {"flagVersion": 1}
    assert lacking.told == {"flagVersion": 1, "missingBucketingKey": "user.user_id"}


def test_amplitudes_form_holds_what_amplitude_knows():
    variant = Variant("on", "on", {"a": 1}, {"m": 1}, Reason.STATIC, "s", missing="user.user_id")
    assert variant.as_dict() == {"key": "on", "value": "on", "payload": {"a": 1}, "metadata": {"m": 1}}


def test_variants_are_compared_by_identity():
    one, other = (Variant("on", "on", None, {}, Reason.STATIC, "s") for _ in range(2))
    assert one != other
    assert one in {one}


def test_an_outcome_for_those_without_a_value_to_hash_differs_in_that_alone():
    whole = Variant("on", 1, {"a": 1}, {"b": 2}, Reason.SPLIT, "US", "", Arm.TREATED, "any split")
    assert fields_of(whole.without("user.company")) == {**fields_of(whole), "missing": "user.company"}


def fields_of(variant):
    return {each.name: getattr(variant, each.name) for each in fields(variant)}
