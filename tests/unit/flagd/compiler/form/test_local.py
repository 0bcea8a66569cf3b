"""Local: warnings about flags that Amplitude's SDKs evaluate too."""

from __future__ import annotations

import pytest

from tests.unit.flagd.compiler.manifest import compiled, only, segment, targeted

PROPERTY = "user.properties.p"


def warned(*resources):
    return [(each.reason, each.path) for each in compiled(*resources).diagnostics]


def condition(op, *values):
    return {"attribute": PROPERTY, "op": op, "values": list(values)}


@pytest.mark.parametrize(
    "one",
    [condition("regex match", "fine", r"a\Cb"), condition("regex does not match", r"\Bx")],
)
def test_a_local_flag_that_the_sdks_cannot_read_says_so_and_is_compiled(one):
    result = compiled(targeted("f", one, evaluationMode="Local"))
    (found,) = result.diagnostics
    assert (found.severity, found.reason, found.path) == ("warning", "NotForLocalSdks", "spec.segments[0]")
    assert one["values"][-1] in found.message
    assert only(result, "f")["segments"][0]["conditions"][0][0]["values"] == one["values"]


def test_a_pattern_that_comes_from_a_segment_counts_too():
    shared = segment("odd", condition("regex match", r"\C"))
    assert warned(targeted("f", refs=("odd",), evaluationMode="Local"), shared) == [
        ("NotForLocalSdks", "spec.segments[0]")
    ]


@pytest.mark.parametrize("op", ["less", "less or equal", "greater", "greater or equal"])
def test_a_local_flag_that_orders_texts_says_so(op):
    assert warned(targeted("f", condition(op, "10", "M"), evaluationMode="Local")) == [
        ("OrdersText", "spec.segments[0]")
    ]
    assert warned(targeted("f", condition(op, "10", " -1.5e3 "), evaluationMode="Local")) == []


def test_patterns_that_can_be_written_for_the_sdks_need_no_word():
    assert warned(targeted("f", condition("regex match", r"(?i)\pL$"), evaluationMode="Local")) == []


def test_remote_flags_need_no_word():
    assert warned(targeted("f", condition("regex match", r"\C")), targeted("g", condition("less", "M"))) == []
