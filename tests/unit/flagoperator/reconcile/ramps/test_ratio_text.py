"""What people are told of how the users of a run are divided."""

from dataclasses import replace

import pytest

from flagd.engine.split import Part, Split
from flagoperator.reconcile.ramps.ratio_text import balanced
from flagoperator.rollout import Plan, Run, Step
from flagoperator.rollout.ratio import Ratio, Tally

USER = ("context", "user", "user_id")
COUNTRY = ("context", "user", "user_properties", "country")
PARTS = (Part("control", "off", 3), Part("treated", "on", 1))


def told(*users, by=USER, parts=PARTS):
    run = Run("id", "digest", "own", Plan((Step(100_000),)), ())
    tallies = (Tally(Split("Canada", by, "f", parts), users),) if users else ()
    found = balanced(replace(run, ratio=Ratio().after(tallies)))
    return f"{found.status} {found.reason}", found.message


def test_nobody_seen_is_no_verdict():
    assert told()[0] == "Unknown NobodySeen"
    assert told(0, 0)[0] == "Unknown NobodySeen"


def test_users_who_are_divided_as_they_should_be_are_told_with_the_evidence():
    state, message = told(750, 250)
    assert state == "True AsWeighted"
    assert message.startswith(
        "Canada: control 750 (75 % expected), treated 250 (25 % expected) of 1000 users; evidence"
    )
    assert message.endswith("of 2000")


@pytest.mark.parametrize(
    ("by", "hint"),
    [
        (
            USER,
            "(as behind another flag with the salt 'f'), and for a user.user_id that changes between calls",
        ),
        (
            COUNTRY,
            "users are counted by user.user_id and bucketed by user.properties.country: a value that many of",
        ),
    ],
)
def test_a_mismatch_says_what_was_counted_what_was_expected_and_where_to_look(by, hint):
    state, message = told(500, 500, by=by)
    assert state == "False SampleRatioMismatch"
    assert "control 500 (75 % expected), treated 500 (25 % expected) of 1000 users: chance alone" in message
    assert hint in message


def test_variants_are_named_where_an_arm_has_several_and_only_those_furthest_off():
    parts = (Part("control", "off", 4), *(Part("treated", key, 1) for key in "abcd"))
    message = told(400, 300, 100, 100, 100, parts=parts)[1]
    assert "treated a 300 (12.5 % expected)" in message
    assert message.count("expected") == 3
