from __future__ import annotations

from flagctl.impact.rewriting import rewritten
from tests.unit.flagctl.impact.asked import flag, question


def test_variants_of_both_sides_with_another_value_or_payload_are_named() -> None:
    after = flag(50, [1, 1]) | {"variants": [{"key": "a", "payload": {"x": 1}}, {"key": "b"}]}
    asked = question(flag(50, [1, 1, 1]), after)
    assert rewritten(asked.before.flag("f"), asked.after.flag("f")) == {"a"}


def test_a_flag_that_is_new_rewrites_nothing() -> None:
    asked = question(None, flag(50, [1]))
    assert rewritten(asked.before.flag("f"), asked.after.flag("f")) == frozenset()
