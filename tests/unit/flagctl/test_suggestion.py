from __future__ import annotations

import pytest

from flagctl.suggestion import suggestion


@pytest.mark.parametrize(
    ("known", "clause"),
    [
        (["checkout"], 'did you mean "checkout"?'),
        (["b", "a"], "there is a, b"),
        ([], "there is none"),
        (
            [f"f{number:02}" for number in range(12)],
            "there is f00, f01, f02, f03, f04, f05, f06, f07, f08, f09 and 2 more",
        ),
    ],
)
def test_the_clause_names_the_nearest_or_what_there_is(known: list[str], clause: str) -> None:
    assert suggestion("checkot", known) == clause
