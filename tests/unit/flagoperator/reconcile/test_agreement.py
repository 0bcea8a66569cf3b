"""Agreement: when one that stands by asks what is served of projects with broken flags."""

import pytest

from flagoperator.reconcile.agreement import (
    AGAIN_SECONDS,
    LEADING_SECONDS,
    MOST,
    MOST_SECONDS,
    SETTLE_SECONDS,
    Agreement,
)

NEVER = float("inf")
OURS = {"shop": "1", "bank": "2"}


def test_nothing_is_asked_where_nothing_is_broken():
    assert Agreement().open({}, 0, leads=False) == ([], NEVER)


def test_a_change_may_settle_and_is_asked_about_until_the_same_is_served():
    agreement = Agreement()
    assert agreement.open(OURS, 100, leads=False) == ([], SETTLE_SECONDS)
    assert agreement.open(OURS, 101, leads=False) == ([], SETTLE_SECONDS - 1)
    asked = 100 + SETTLE_SECONDS
    assert agreement.open(OURS, asked, leads=False) == (["bank", "shop"], AGAIN_SECONDS)
    agreement.agree("bank", "2")
    assert agreement.open(OURS, asked + 1, leads=False) == ([], AGAIN_SECONDS - 1)
    assert agreement.open(OURS, asked + AGAIN_SECONDS, leads=False) == (["shop"], AGAIN_SECONDS)
    agreement.agree("shop", "1")
    assert agreement.open(OURS, asked + AGAIN_SECONDS, leads=False) == ([], NEVER)


@pytest.mark.parametrize("then", [{**OURS, "shop": "3"}, {**OURS, "new": "1"}])
def test_another_revision_is_asked_about_again(then: dict[str, str]):
    agreement = Agreement()
    for name, revision in OURS.items():
        agreement.agree(name, revision)
    assert agreement.open(OURS, 100, leads=False) == ([], NEVER)
    assert agreement.open(then, 100, leads=False) == ([], SETTLE_SECONDS)
    assert agreement.open(then, 100 + SETTLE_SECONDS, leads=False)[0] == sorted(
        then.keys() - {"bank", "shop"} or {"shop"}
    )


def test_what_never_agrees_is_asked_about_more_and_more_rarely():
    agreement, now, pauses = Agreement(), 0.0, []
    for _ in range(8):
        while not (found := agreement.open(OURS, now, leads=False))[0]:
            now += found[1]
        pauses.append(found[1])
    assert pauses == [AGAIN_SECONDS * 2**number for number in range(5)] + [MOST_SECONDS] * 3
    assert agreement.open({**OURS, "shop": "3"}, now + AGAIN_SECONDS, leads=False)[1] == AGAIN_SECONDS


def test_who_takes_over_asks_at_once():
    agreement = Agreement()
    agreement.open(OURS, 100, leads=False)
    assert agreement.open(OURS, 100.5, leads=True) == (["bank", "shop"], LEADING_SECONDS)
    assert agreement.open(OURS, 101, leads=True) == ([], LEADING_SECONDS - 0.5)


def test_of_very_many_some_are_asked_about_at_a_time():
    agreement, many = Agreement(), {f"p{number}": "1" for number in range(MOST + 1)}
    agreement.open(many, 0, leads=False)
    assert len(agreement.open(many, SETTLE_SECONDS, leads=False)[0]) == MOST
