from __future__ import annotations

import pytest

from flagctl.impact.buckets import by_buckets
from flagd.compiler.edits.movement import BUCKETS
from tests.unit.flagctl.impact.asked import flag, question


def test_another_salt_has_the_shares_of_independent_buckets() -> None:
    before, after = flag(50, [1, 1]), flag(50, [1, 1], bucketing={"salt": "other"})
    (impact,) = by_buckets(question(before, after))
    shares = {(move.before, move.after): count / BUCKETS for move, count in impact.moves.items()}
    assert shares["off", "off"] == pytest.approx(0.25, abs=1e-6)
    assert shares["a", "b"] == pytest.approx(0.0625, abs=1e-6)
    assert impact.notes == ("the bucketing changed, and the shares are those of independent buckets",)
