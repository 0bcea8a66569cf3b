"""The table of the chart's values: it has them all, each with a sentence."""

from __future__ import annotations

from scripts.generate_values_docs import PAGE, VALUES, Value, render, values


def test_every_value_is_described_and_the_page_has_them_all():
    assert not [each.path for each in values(VALUES.read_text()) if not each.text.endswith(".")]
    assert PAGE.read_text() == render(), "run `make generate`"


def test_a_value_is_a_leaf_or_a_map_on_one_line_with_the_comment_above_it():
    text = '# -- Many\n# lines.\na: [1]\nb:\n  # no text of a value\n  c: {d: 1}\n  # -- Last.\n  e: ""\n'
    assert values(text) == [Value("a", "[1]", "Many lines."), Value("b.c", "{d: 1}", ""), Value("b.e", '""', "Last.")]
