"""Retyping: an edit that changes the type of a variant is said when it is made."""

from __future__ import annotations

import pytest

from flagd.compiler import retypes
from tests.unit.flagd.compiler.manifest import compiled, flag

ON, SPRING = {"key": "on"}, {"key": "spring"}


def edited(before, after, off=(None, None), types=(None, None)):
    """Two forms of a flag: their variants, offPayload and valueType."""
    forms = zip((before, after), off, types, strict=True)
    fields = [{"variants": variants, "offPayload": payload, "valueType": kind} for variants, payload, kind in forms]
    return [flag("f", **{name: value for name, value in each.items() if value is not None}) for each in fields]


def with_payload(payload, key="on"):
    return {"key": key, "payload": payload}


WARNED = {
    "a payload beside on": (edited([ON], [with_payload({"a": 1})]), "spec.variants[0]", "'on' an object", "a boolean"),
    "a payload beside a text": (
        edited([SPRING], [with_payload(7, "spring")]),
        "spec.variants[0]",
        "an integer",
        "a string",
    ),
    "a payload taken away": (edited([with_payload([1])], [ON]), "spec.variants[0]", "a boolean", "a list"),
    "another value": (edited([ON], [{"key": "on", "value": "x"}]), "spec.variants[0]", "a string", "a boolean"),
    "a variant more": (edited([ON], [ON, with_payload("x", "b")]), "spec.variants[1]", "'b' a string", "a boolean"),
    "an object when off": (edited([ON], [ON], (None, {"a": 1})), "spec.offPayload", "'off' an object", "a boolean"),
    "a fraction": (edited([with_payload(1)], [with_payload(0.5)]), "spec.variants[0]", "a float", "an integer"),
    "a string": (edited([ON], [ON], types=(None, "String")), "spec.variants[0]", "a string", "a boolean"),
}
SILENT = {
    "another payload of its type": edited([with_payload({"a": 1})], [with_payload({"b": [1]})]),
    "another boolean": edited([ON], [with_payload(False)]),
    "a boolean when off": edited([ON], [ON], (None, False)),
    "a whole number of a float": edited([with_payload(0.5)], [with_payload(1)], types=("Float", "Float")),
    "a type that is said": edited([ON], [ON], types=(None, "Boolean")),
    "a variant gone": edited([ON, SPRING], [ON]),
    "the last answer gone": edited([ON], [ON], (False, None)),
}


@pytest.mark.parametrize("case", WARNED)
def test_an_edit_that_changes_what_callers_get_is_warned_of(case):
    (before, after), path, found, expected = WARNED[case]
    (one,) = retypes(before, after)
    assert (one.severity, one.reason, one.path) == ("warning", "TypeChanges", path)
    assert found in one.message
    assert f"ask for {expected}" in one.message


@pytest.mark.parametrize("case", SILENT)
def test_an_edit_that_keeps_the_type_is_not(case):
    assert retypes(*SILENT[case]) == []


def test_what_is_or_was_inactive_has_no_callers():
    on, changed = edited([ON], [with_payload(1)])
    off = flag("f", active=False)
    assert retypes(off, changed) == retypes(on, flag("f", active=False, variants=[with_payload(1)])) == []
    assert compiled(off).update([changed]).diagnostics == []


@pytest.mark.parametrize("case", WARNED)
def test_the_compiler_says_so_at_the_edit_and_not_after_it(case):
    (before, after), path, *_ = WARNED[case]
    first = compiled(before).update([after])
    told = [(each.reason, each.path) for each in first.diagnostics if each.reason != "UsersMove"]
    assert told == [("TypeChanges", path)]
    assert compiled(after).diagnostics == []
