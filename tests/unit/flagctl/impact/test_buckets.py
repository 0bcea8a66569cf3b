from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagctl.impact.buckets import by_buckets
from flagctl.impact.question import Question, Ruleset
from flagctl.impact.sample import by_sample, margin
from flagd.compiler import compile_project
from flagd.compiler.edits.movement import BUCKETS
from flagd.manifest import validate

HEADER = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": "f"}}
VARIANTS = ["a", "b", "c"]


def ruleset(spec: dict[str, Any] | None) -> Ruleset:
    if spec is None:
        return Ruleset((), {})
    resource, findings = validate({**HEADER, "spec": {"active": True, **spec}})
    assert resource is not None, findings
    return Ruleset(list(compile_project([resource]).ruleset.flags.values()), {})


def question(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Question:
    return Question("default", ruleset(before), ruleset(after), ["f"])


def flag(percent: int, weights: list[int], **spec: Any) -> dict[str, Any]:
    keys = VARIANTS[: len(weights)]
    rollout = {"percent": percent, "weights": dict(zip(keys, weights, strict=True))}
    return {"variants": [{"key": key} for key in keys], "allOtherUsers": rollout, **spec}


flags = st.builds(
    flag, st.integers(0, 100), st.lists(st.integers(0, 5), min_size=1, max_size=3).filter(lambda each: sum(each) > 0)
)


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.none(), flags), st.one_of(st.none(), flags))
def test_a_sample_finds_the_exact_shares(before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    if before is None and after is None:
        return
    (exact,), (sampled,) = by_buckets(question(before, after)), by_sample(question(before, after), 2_000)
    assert sum(exact.moves.values()) in range(BUCKETS - 500, BUCKETS + 1)
    assert sum(sampled.moves.values()) == 2_000
    for move in {*exact.moves, *sampled.moves}:
        share = exact.moves.get(move, 0) / BUCKETS
        assert abs(sampled.moves.get(move, 0) / 2_000 - share) < 0.06, move


def test_another_salt_has_the_shares_of_independent_buckets() -> None:
    before, after = flag(50, [1, 1]), flag(50, [1, 1], bucketing={"salt": "other"})
    (impact,) = by_buckets(question(before, after))
    shares = {(move.before, move.after): count / BUCKETS for move, count in impact.moves.items()}
    assert shares["off", "off"] == pytest.approx(0.25, abs=1e-6)
    assert shares["a", "b"] == pytest.approx(0.0625, abs=1e-6)
    assert impact.notes == ("the bucketing changed, and the shares are those of independent buckets",)


@pytest.mark.parametrize(
    ("count", "size", "error"), [(0, 1000, 0.003), (1000, 1000, 0.003), (500, 1000, 0.031), (100, 10_000, 0.00195)]
)
def test_the_error_of_a_sample_is_that_of_a_proportion(count: int, size: int, error: float) -> None:
    assert margin(count, size) == pytest.approx(error, rel=0.01)
