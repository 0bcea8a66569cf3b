from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flagd.manifest import Diagnostic, Location, ResourceRef, Severity, validate
from flagd.manifest.changes.news import ABSENT, Reason, State, lines, news
from tests.unit.flagd.manifest.findings import flag

SECRET = "maria@example.com"


def ref(name: str = "a") -> ResourceRef:
    return ResourceRef("Flag", "shop", name)


def state(**spec: Any) -> State:
    resource, _ = validate(flag(**spec))
    return State(resource, generation=2, manager="kubectl-patch")


def broken(path: str = "spec.segments[0]", message: str = "there is no FlagSegment 'pro'", name: str = "a") -> State:
    finding = Diagnostic(Severity.ERROR, "ReferenceMissing", message, path, ref(name))
    return State(state().resource, (finding,), generation=3)


def told(before: State, after: State) -> list[str]:
    return [line.text for line in lines(news(ref(), before, after))]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (state(active=True), state(), "Flag shop/a: active true → false (generation 2, by kubectl-patch)"),
        (ABSENT, state(), "Flag shop/a: created (generation 2, by kubectl-patch)"),
        (state(), ABSENT, "Flag shop/a is deleted"),
        (
            state(),
            broken(),
            "Flag shop/a cannot be used: spec.segments[0]: there is no FlagSegment 'pro' [ReferenceMissing] "
            "(generation 3)",
        ),
        (broken(), state(), "Flag shop/a is fixed (generation 2, by kubectl-patch)"),
    ],
)
def test_each_turn_of_a_resource_is_one_line(before, after, said):
    assert told(before, after) == [said]


def test_nothing_is_said_twice():
    assert told(broken(), broken()) == []
    assert told(state(), state()) == []


def test_another_fault_is_news():
    assert len(told(broken(), broken(message="there is no FlagSegment 'vip'"))) == 1


def test_what_was_never_valid_is_created_and_broken():
    never = State(None, broken().errors, generation=1)
    assert [one.reason for one in news(ref(), ABSENT, never)] == [Reason.CREATED, Reason.BROKEN]
    assert told(never, ABSENT) == ["Flag shop/a is deleted"]


def test_what_one_fault_breaks_is_one_line_with_a_count():
    names = [f"f{number}" for number in range(300)]
    found = [
        one for name in names for one in news(ref(name), state(), broken(f"spec.segments[{len(name)}]", name=name))
    ]
    assert [(line.reason, line.text) for line in lines(found)] == [
        (
            Reason.BROKEN,
            "300 resources cannot be used: there is no FlagSegment 'pro' [ReferenceMissing]: "
            "Flag shop/f0, Flag shop/f1, Flag shop/f2 and 297 more",
        )
    ]


def test_a_flood_is_cut_and_counted_and_hides_nothing_broken():
    found = [one for number in range(100) for one in news(ref(f"f{number}"), ABSENT, state())]
    found += news(ref("last"), state(), broken(name="last"))
    told = lines(found, most=5)
    assert len(told) == 6
    assert "shop/last cannot be used" in told[0].text
    assert told[-1].text == "… and 96 more"


def test_no_user_is_named():
    finding = Diagnostic(Severity.ERROR, "InvalidPattern", f"`{SECRET}` is wrong", "spec.match[0].values[0]", ref())
    text = " ".join(told(state(), State(state().resource, (finding,))))
    assert SECRET not in text
    assert "spec.match[0].values[0]" in text


def test_what_one_fault_broke_is_fixed_in_one_line():
    found = [one for name in "abcd" for one in news(ref(name), broken(name=name), replace(state(), generation=3))]
    assert [line.text for line in lines(found)] == [
        "4 resources are fixed: Flag shop/a, Flag shop/b, Flag shop/c and 1 more"
    ]


def test_who_edited_last_is_not_blamed_for_what_another_edit_broke():
    assert "(generation" not in told(replace(state(), generation=3), broken())[0]


def test_a_fault_that_moved_to_another_line_is_no_news():
    moved = replace(broken(), errors=tuple(each.at(Location("a.yaml", line=9)) for each in broken().errors))
    assert told(broken(), moved) == []


def test_what_others_use_is_told_with_their_number():
    used = replace(state(), users=300)
    assert told(used, ABSENT) == ["Flag shop/a is deleted; 300 resources use it"]


def test_programs_find_project_and_flag_of_a_line():
    [line] = lines(news(ref(), ABSENT, state()))
    assert line.fields == {"project": "shop", "kind": "Flag", "name": "a", "flag": "a"}
