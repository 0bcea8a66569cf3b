import pytest

from flagd.manifest import Flag
from tests.unit.flagd.compiler.manifest import (
    IN_US,
    ON_PRO,
    cohort,
    compiled,
    findings,
    flag,
    only,
    segment,
    segments,
    targeted,
)


def attributes(result, key="f"):
    """Per alternative, the last step of every selector."""
    return [[each["selector"][-1] for each in alternative] for alternative in segments(result, key)[0]["conditions"]]


def match(attribute: str, *values: str) -> dict:
    return {"attribute": f"user.properties.{attribute}", "op": "is", "values": list(values) or ["x"]}


def flag_for_any_of(groups: list[dict], refs: tuple[str, ...] = ()) -> Flag:
    target = {"name": "some", "anyOf": groups, "segmentRefs": list(refs), "rollout": {"percent": 100}}
    return flag("f", segments=[target])


def any_of(*attributes: str) -> list[dict]:
    return [{"match": [match(attribute)]} for attribute in attributes]


def test_conditions_of_match_must_all_hold():
    assert attributes(compiled(targeted("f", IN_US, ON_PRO))) == [["country", "plan"]]


def test_one_group_of_any_of_must_hold():
    groups = [{"match": [match("a"), match("b")]}, {"match": [match("c")]}]
    assert attributes(compiled(flag_for_any_of(groups))) == [["a", "b"], ["c"]]


def test_a_referred_segment_is_inlined():
    result = compiled(targeted("f", IN_US, refs=("pro",)), segment("pro", ON_PRO))
    assert attributes(result) == [["country", "plan"]]
    assert "pro" not in str(only(result, "f")["segments"][0]["metadata"])


def test_a_reference_alone_is_enough():
    assert attributes(compiled(targeted("f", refs=("pro",)), segment("pro", ON_PRO))) == [["plan"]]


def test_references_reach_through_segments():
    result = compiled(
        targeted("f", refs=("a",)),
        segment("a", match("a"), refs=("b", "c")),
        segment("b", match("b"), refs=("c",)),
        segment("c", match("c")),
    )
    assert attributes(result) == [["a", "b", "c"]]


def test_alternatives_multiply():
    one = flag_for_any_of(any_of("a", "b"), refs=("cd",))
    result = compiled(one, segment("cd", anyOf=any_of("c", "d")))
    assert attributes(result) == [["a", "c"], ["a", "d"], ["b", "c"], ["b", "d"]]


def test_a_segment_may_ask_for_a_cohort():
    result = compiled(targeted("f", refs=("s",)), segment("s", {"op": "in cohort", "values": ["vip"]}), cohort("vip"))
    assert attributes(result) == [["cohort_ids"]]


def test_the_largest_product_has_a_thousand_alternatives():
    ten = any_of(*"abcdefghij")
    parts = [segment(name, anyOf=ten) for name in ("x", "y", "z")]
    result = compiled(targeted("f", refs=("x", "y", "z")), *parts)
    assert result.diagnostics == []
    assert len(attributes(result)) == 1000


def test_more_alternatives_are_refused():
    ten = any_of(*"abcdefghij")
    parts = [segment(name, anyOf=ten) for name in ("x", "y", "z")]
    result = compiled(targeted("f", refs=("x", "y", "z", "two")), *parts, segment("two", anyOf=any_of("a", "b")))
    assert findings(result) == [("f", "spec.segments[0]", "TooManyAlternatives")]
    assert "more than 1,000 alternatives" in result.diagnostics[0].message


def test_large_alternatives_are_refused_before_they_are_made():
    hundred = [match(f"p{index}") for index in range(100)]
    wide = [{"match": hundred[: 50 + index]} for index in range(30)]
    result = compiled(targeted("f", refs=("x", "y")), segment("x", anyOf=wide), segment("y", anyOf=wide))
    assert findings(result) == [("f", "spec.segments[0]", "TooManyAlternatives")]
    assert "conditions" in result.diagnostics[0].message


def test_a_flag_may_not_inline_large_segments_without_end():
    hundred = [match(f"p{index}") for index in range(100)]
    large = segment("large", anyOf=[{"match": hundred}] * 100)
    target = {"name": "some", "segmentRefs": ["large"], "rollout": {"percent": 100}}
    result = compiled(flag("f", segments=[target] * 11), large)
    assert findings(result) == [("f", "spec.segments[10]", "TooManyAlternatives")]


@pytest.mark.parametrize("refs", [("none",), ("pro", "none")])
def test_a_missing_segment_breaks_the_flag(refs):
    result = compiled(targeted("f", refs=refs), segment("pro", ON_PRO))
    assert findings(result) == [("f", f"spec.segments[0].segmentRefs[{len(refs) - 1}]", "ReferenceMissing")]


def test_a_broken_segment_says_why_and_breaks_who_refers_to_it():
    result = compiled(targeted("f", refs=("s",)), segment("s", {"op": "in cohort", "values": ["vip"]}))
    assert findings(result) == [
        ("f", "spec.segments[0].segmentRefs[0]", "ReferenceBroken"),
        ("s", "spec.match[0].values[0]", "ReferenceMissing"),
    ]


def test_a_cycle_of_segments_is_refused_with_its_path():
    result = compiled(segment("a", refs=("b",)), segment("b", ON_PRO, refs=("c", "a")), segment("c", IN_US))
    assert findings(result) == [
        ("a", "spec.segmentRefs[0]", "CycleDetected"),
        ("b", "spec.segmentRefs[1]", "CycleDetected"),
    ]
    assert "a → b → a" in result.diagnostics[0].message
    assert "b → a → b" in result.diagnostics[1].message


def test_a_segment_without_conditions_is_for_nobody():
    assert only(compiled(targeted("f", refs=())), "f")["segments"][0]["conditions"] == []


def test_a_segment_nobody_uses_is_checked_all_the_same():
    assert findings(compiled(segment("s", refs=("none",)))) == [("s", "spec.segmentRefs[0]", "ReferenceMissing")]
