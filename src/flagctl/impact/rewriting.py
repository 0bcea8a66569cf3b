"""Rewriting: variants that keep their key and get another value or payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.value_type import same_value

if TYPE_CHECKING:
    from flagd.ruleset import EvaluationFlag
    from flagd.ruleset.flag import EvaluationVariant


def rewritten(before: EvaluationFlag | None, after: EvaluationFlag | None) -> frozenset[str]:
    """Return the keys of variants that both have, with another value or payload."""
    if before is None or after is None:
        return frozenset()
    old, new = before["variants"], after["variants"]
    return frozenset(key for key in old if key in new and not same_value(_given(old[key]), _given(new[key])))


def _given(variant: EvaluationVariant) -> list[Any]:
    return [variant.get("value"), variant.get("payload")]
