"""Large numbers that went through Helm are told, and the advice is never to keep that form."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest.rules.float_text import digits_of
from tests.unit.flagd.manifest.findings import condition, flag, resource, warned

FORM = "1.2345678e+07"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (FORM, "12345678"),
        ("1e+06", "1000000"),
        ("-4.2e+09", "-4200000000"),
        ("9.007199254740991e+15", "9007199254740991"),
        ("1.5e+00", None),
        ("1e3", None),
        ("12345678", None),
        ("ann+1e+06@example.org", None),
    ],
)
def test_only_what_helm_prints_is_taken_for_a_number(text: str, digits: str | None):
    assert digits_of(text) == digits


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (resource("FlagCohort", {"members": ["ann", FORM]}), "spec.members[1]"),
        (flag(offTesters={"userIds": [FORM]}), "spec.offTesters.userIds[0]"),
        (flag(offTesters={"deviceIds": [FORM]}), "spec.offTesters.deviceIds[0]"),
        (flag(offTesters={"groups": {"company": [FORM]}}), "spec.offTesters.groups.company[0]"),
        (flag(variants=[{"key": "on", "testers": {"userIds": [FORM]}}]), "spec.variants[0].testers.userIds[0]"),
        (condition(values=[FORM]), "spec.match[0].values[0]"),
    ],
)
def test_a_text_that_is_a_number_of_helm_is_warned_of_wherever_texts_are_compared(obj: dict[str, Any], path: str):
    (warning,) = warned(obj)
    assert (warning.path, warning.reason) == (path, "FloatAsText")
    assert 'quote its digits: "12345678"' in warning.message


def test_comparisons_of_numbers_may_have_exponents():
    assert warned(condition(attribute="user.properties.age", op="greater", values=[FORM])) == []
