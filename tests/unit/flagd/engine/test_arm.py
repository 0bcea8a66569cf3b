"""Arms: who is told that a run has let them in, and who that it has not yet: compared with the tables themselves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagd.compiler import compile_project
from flagd.compiler.form.rise import Rise
from flagd.engine import Engine
from flagd.engine.flag import splits_of
from flagd.engine.variant import Arm
from tests.unit.flagd.compiler.manifest import flag

REST = "All Other Users"
USERS = [f"user-{number}" for number in range(400)]


def answers(now, start=None, variants=2, **spec):
    """Return what each user gets where percentages have risen from `start` to `now`; None = no run lasts."""
    made = flag(
        "f",
        **{"allOtherUsers": {"percent": "100"}, "variants": [{"key": f"v{n}"} for n in range(variants)], **spec},
    )
    starts = {} if start is None else {REST: start, "Staff": start}
    rise = Rise({REST: now, "Staff": now}, starts)
    ruleset = compile_project([made], project="default", rises={made.ref: rise}).ruleset
    engine = Engine(ruleset.flags.values(), ruleset.cohorts)
    return {user: engine.variant({"user": {"user_id": user}}, "f") for user in USERS}, engine


def is_in(variant):
    return variant.key != "off"


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)).map(sorted).filter(lambda pair: pair[0] < pair[1]),
    st.integers(1, 3),
)
def test_exactly_whom_the_run_let_in_is_treated_and_exactly_who_is_not_in_is_control(pair, variants):
    start, now = pair
    before, after = answers(start, variants=variants)[0], answers(now, variants=variants)[0]
    for user, variant in answers(now, start, variants)[0].items():
        assert (variant.key, variant.payload, variant.reason) == (
            after[user].key,
            after[user].payload,
            after[user].reason,
        )
        expected = (None if is_in(before[user]) else Arm.TREATED) if is_in(variant) else Arm.CONTROL
        assert variant.arm == expected


def test_the_slow_path_says_the_same_arms():
    found, engine = answers(50_000, 20_000)
    flag_ = engine._flags["f"][0]
    for user, variant in found.items():
        assert flag_.decide({"user": {"user_id": user}}, {}) is variant


def test_callers_are_told_the_arm_in_the_metadata_and_nothing_of_where_it_comes_from():
    told = [variant.told for variant in answers(50_000, 20_000)[0].values()]
    assert {each.get("rollout_arm") for each in told} == {"treated", "control", None}
    assert all("rolloutStart" not in each for each in told)


def test_without_a_run_nobody_is_in_an_arm():
    assert {variant.arm for variant in answers(50_000)[0].values()} == {None}


def test_outcomes_of_one_arm_are_one_object():
    assert len(set(map(id, answers(50_000, 20_000)[0].values()))) == 5


def test_whoever_has_nothing_to_hash_is_in_no_arm():
    for now in (50_000, 100_000):
        for variants in (1, 2):
            _, engine = answers(now, 20_000, variants)
            plain = answers(now, None, variants)[1].variant({"user": {}}, "f")
            variant = engine.variant({"user": {}}, "f")
            assert (variant.arm, variant.key, variant.missing) == (None, plain.key, plain.missing)


def test_testers_sticky_users_and_other_segments_are_in_no_arm():
    _, engine = answers(50_000, 0, offTesters={"userIds": ["user-1"]}, sticky=True)
    sticky = {"user": {"user_id": "user-2", "user_properties": {"[Experiment] f": "v1"}}}
    assert engine.variant({"user": {"user_id": "user-1"}}, "f").arm is None
    assert engine.variant(sticky, "f").arm is None


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ("treated", "  arm of the rollout: treated, let in by this run"),
        ("control", "  arm of the rollout: control, not let in by this run yet"),
    ],
)
def test_explain_says_the_arm_and_whom_the_numbers_admit_is_as_before(user, says):
    found, engine = answers(50_000, 20_000)
    plain = answers(50_000)[1]
    name = next(each for each, variant in found.items() if variant.arm == user)
    context = {"user": {"user_id": name}}
    explanation = engine.explain(context, "f")
    assert says in explanation.lines()
    assert [each for each in explanation.lines() if "arm of" not in each] == plain.explain(context, "f").lines()


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(0, 100_000), st.integers(0, 100_000)).map(sorted).filter(lambda pair: pair[0] < pair[1]),
    st.integers(1, 3),
)
def test_a_split_says_how_the_hash_divides_those_in_an_arm(pair, variants):
    start, now = pair
    found, engine = answers(now, start, variants)
    armed = {variant for variant in found.values() if variant.arm}
    (split,) = splits_of(engine._flags["f"][0].source)
    assert {variant.split for variant in armed} == {split}
    assert all(split.number(variant.arm, variant.key) is not None for variant in armed)
    treated = sum(part.width for part in split.parts if part.arm == Arm.TREATED)
    share = treated / sum(part.width for part in split.parts)
    assert share == pytest.approx((now - start) / (100_000 - start), abs=2e-4)


def test_weights_are_in_the_split_and_a_variant_of_weight_0_is_not():
    made = answers(50_000, 0, 3, allOtherUsers={"percent": 100, "weights": {"v0": 3, "v1": 1}})
    (split,) = splits_of(made[1]._flags["f"][0].source)
    off, first, second = (part.width for part in split.parts)
    assert [part.variant for part in split.parts] == ["off", "v0", "v1"]
    assert (first / second, (first + second) / off) == pytest.approx((3, 1), rel=1e-6)


def test_an_explanation_says_the_arm_of_a_user():
    found, engine = answers(50_000, 20_000)
    for user, variant in found.items():
        told = "\n".join(engine.explain({"user": {"user_id": user}}, "f").lines())
        assert ("arm of the rollout: treated" in told) is (variant.arm is Arm.TREATED)
        assert ("arm of the rollout: control" in told) is (variant.arm is Arm.CONTROL)
