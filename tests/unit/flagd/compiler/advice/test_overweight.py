"""Overweight: a project whose flags together are too much for one answer."""

from __future__ import annotations

from flagd.compiler import Compiled
from flagd.rpc.struct import to_value
from flagd.weight import CLIENT_BYTES, WARN_BYTES, Scale
from tests.unit.flagd.compiler.manifest import compiled, flag, holdout, only

MEBIBYTE = 1 << 20


def heavy(name, size=MEBIBYTE * 9 // 10):
    return flag(name, variants=[{"key": "on", "payload": {"text": "x" * size}}, {"key": "b"}])


def warned(result):
    return [(str(each.resource), each.reason) for each in result.advice]


def test_the_heaviest_flags_are_warned_of_with_the_number_before_clients_refuse_the_answer():
    result = compiled(flag("light"), *(heavy(name) for name in "abcd"), heavy("e", 1000), holdout("h"))
    assert result.state.weights.total < CLIENT_BYTES
    assert warned(result) == [(f"Flag default/{name}", "AnswerTooLarge") for name in "dcb"]
    assert "all 6 flags of project default may take 3.6 MiB" in result.advice[0].message
    assert result.diagnostics == sorted(result.advice, key=lambda each: str(each.resource))


def test_a_project_that_is_light_enough_needs_no_word():
    assert warned(compiled(heavy("a"), heavy("b"), heavy("c"))) == []


def test_the_weight_follows_every_change_and_a_restart():
    first = compiled(*(heavy(name) for name in "abcd"))
    lighter = first.update([heavy("a", 10)], [heavy("b").ref])
    assert (
        lighter.state.weights.total == compiled(heavy("a", 10), heavy("c"), heavy("d")).state.weights.total < WARN_BYTES
    )
    assert Compiled.restore(first.ruleset).state.weights == first.state.weights
    assert first.update([], [heavy(name).ref for name in "abcd"]).state.weights.total == 0


def test_an_answer_takes_no_more_than_is_said():
    payload = {"list": [1, 2.5, True, None, "é\n\x00", {"deep": [[]]}] * 50}
    result = compiled(flag("f", variants=[{"key": "on", "payload": payload}], metadata={"team": "x" * 100}))
    assert Scale().answer_bytes(only(result, "f")) >= to_value(payload).ByteSize() + 100
