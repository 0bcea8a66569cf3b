from __future__ import annotations

import pytest

from flagctl.impact.impact import Basis, Impact
from flagctl.impact.limits import Limits
from flagctl.impact.move import Move

MOVED = Impact("shop", "f", {Move("s", "off", "on"): 3, Move("s", "on", "off"): 1, Move("s", "a", "b"): 6}, {"": 100})


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(), []),
        (Limits(join=0.03, leave=0.01, change=0.06), []),
        (Limits(join=0.02), ["shop/f: 3 % of the users join, more than 2 % (--max-join)"]),
        (Limits(leave=0), ["shop/f: 1 % of the users leave, more than 0 % (--max-leave)"]),
        (Limits(change=0.05), ["shop/f: 6 % of the users change variant, more than 5 % (--max-change)"]),
        (Limits(no_switch=True), ["shop/f: 6 users get another variant than they have (--no-switch)"]),
    ],
)
def test_a_limit_is_broken_by_more_than_it_allows(limits: Limits, said: list[str]) -> None:
    assert list(limits.broken([MOVED], Basis.POPULATION)) == said


@pytest.mark.parametrize("limits", [Limits(join=1), Limits(no_switch=True)])
def test_a_flag_without_numbers_breaks_every_limit_that_is_set(limits: Limits) -> None:
    failed = Impact("shop", "f", failed="it does not compile in b")
    assert list(limits.broken([failed], Basis.POPULATION)) == [
        "shop/f: it does not compile in b, so that no limit can be checked"
    ]
    assert list(Limits().broken([failed], Basis.POPULATION)) == []


def test_where_shares_cannot_tell_nobody_may_switch_fails_and_says_why() -> None:
    vague = Impact("shop", "f", {Move("s", "on", "on"): 5}, {"s": 5}, notes=("who is in a segment changed",))
    (said,) = Limits(no_switch=True).broken([vague], Basis.BUCKETS)
    assert said.startswith("shop/f: who is in a segment changed: only --population tells")
    assert list(Limits(no_switch=True).broken([vague], Basis.POPULATION)) == []
