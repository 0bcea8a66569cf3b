from __future__ import annotations

import pytest

from flagctl.comparison.markup import cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain-text", "plain-text"),
        ("a|b", "a\\|b"),
        ("<img src=x>", "\\<img src=x>"),
        ("[x](y) *b* _i_ `c`", "\\[x](y) \\*b\\* \\_i\\_ \\`c\\`"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_text_of_manifests_is_no_markup(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_it_stays_on_one_line_of_a_table() -> None:
    assert "\n" not in cell("a\nb")
    assert "\x1b" not in cell("\x1b[31m")
