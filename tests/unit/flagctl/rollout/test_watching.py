"""When a rollout is over for who waits for it."""

from __future__ import annotations

import pytest

from flagctl.failure import Refused
from flagctl.rollout.view import view_of
from flagctl.rollout.watching import is_over
from tests.unit.flagctl.rollout.rollouts import flag


def test_it_is_over_when_the_newest_generation_is_rolled_out():
    assert is_over(view_of(flag(("RolledOut", "Completed"))))
    assert not is_over(view_of(flag(("RolledOut", "Completed"), observed=0)))
    assert not is_over(view_of(flag()))


def test_who_waits_is_told_when_it_will_not_come_by_itself():
    with pytest.raises(Refused, match="needs somebody: RolledBack"):
        is_over(view_of(flag(("Stalled", "RolledBack"))))
    assert not is_over(view_of(flag(("Stalled", "RolledBack"), observed=0)))
