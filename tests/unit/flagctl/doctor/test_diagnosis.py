from __future__ import annotations

import pytest

from flagctl.doctor.diagnosis import exit_code, lasting, needs_another_look
from flagctl.doctor.finding import Finding, Level


def test_what_was_not_wrong_at_the_first_look_is_a_note():
    first = Finding(Level.PROBLEM, "flags", "1 resource", state="a 1")
    other = Finding(Level.PROBLEM, "flags", "1 resource", state="b 7")
    assert [each.level for each in lasting([first], [first, other])] == [Level.PROBLEM, Level.NOTE]
    assert needs_another_look([first])
    assert not needs_another_look([Finding(Level.PROBLEM, "CRDs", "none")])


@pytest.mark.parametrize(
    ("levels", "strict", "code"),
    [
        ((Level.OK, Level.NOTE), False, 0),
        ((Level.WARNING,), False, 0),
        ((Level.WARNING,), True, 1),
        ((Level.UNKNOWN, Level.OK), False, 3),
        ((Level.UNKNOWN, Level.PROBLEM), False, 1),
    ],
)
def test_the_exit_code_says_the_worst(levels: tuple[Level, ...], strict: bool, code: int):
    assert exit_code([Finding(each, "x", "y") for each in levels], warnings_as_errors=strict) == code
