from __future__ import annotations

import pytest

from flagctl.comparison.markup import cell, code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain-text", "plain-text"),
        ("a|b", "a\\|b"),
        ("<img src=x>", "\\<img src=x>"),
        ("[x](y) *b* _i_ `c`", "\\[x](y) \\*b\\* \\_i\\_ \\`c\\`"),
        ("back\\slash", "back\\\\slash"),
        ("&lt; ~~x~~", "\\&lt; \\~\\~x\\~\\~"),
        ("@team #12", "@<!-- -->team #<!-- -->12"),
    ],
)
def test_text_of_manifests_is_no_markup(text: str, shown: str) -> None:
    assert cell(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("default/new_checkout", "`default/new_checkout`"),
        ("a\\b <img> @team *x*", "`a\\b <img> @team *x*`"),
        ("a`b", "<code>a&#96;b</code>"),
        ("a|b <img> @team `_é", "<code>a&#124;b &#60;img&#62; &#64;team &#96;&#95;é</code>"),
        ("a`\n", "<code>a&#96;&#92;n</code>"),
    ],
)
def test_code_shows_what_it_is_given_and_has_no_early_end(text: str, shown: str) -> None:
    assert code(text) == shown


def test_it_stays_on_one_line_of_a_table() -> None:
    assert "\n" not in cell("a\nb")
    assert "\x1b" not in cell("\x1b[31m")
