from __future__ import annotations

from typing import Any

import pytest
import yaml

from flagctl.promotion.splice import Edit, Written, applied, edits


def written(text: str) -> Written:
    return Written(yaml.compose(text, Loader=yaml.SafeLoader), text, yaml.safe_load(text))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "wanted", "becomes"),
    [
        ("a: 1  # why\nb: 2\n", {"a": 5, "b": 2}, "a: 5  # why\nb: 2\n"),
        ("a: 1\n", {"a": 1, "percent": 2}, "a: 1\npercent: 2\n"),
        ("{a: 1}\n", {"a": 1, "percent": 2}, "{a: 1, percent: 2}\n"),
        ("a:\n  - 1\n  - 2\nb: 3\n", {"a": [1], "b": 3}, "a: [1]\nb: 3\n"),
        ("a: {percent: 1} # x\n", {"a": {"percent": 7}}, "a: {percent: 7} # x\n"),
        ("a: 1\n", {"a": "yes"}, 'a: "yes"\n'),
    ],
)
def test_only_what_differs_is_edited(text: str, wanted: Any, becomes: str) -> None:
    assert applied(text, list(edits(written(text), wanted, None))) == becomes
    assert yaml.safe_load(becomes) == wanted


def test_a_value_is_spelled_as_in_the_source() -> None:
    target, source = written("percent: 5\n"), written("percent: '12.50'  # theirs\n")
    assert applied(target.file, list(edits(target, {"percent": "12.50"}, source))) == "percent: '12.50'\n"


def test_a_block_takes_the_indentation_of_its_new_place() -> None:
    target, source = written("a:\n    b:\n        c: 1\n"), written("a:\n b:\n  - x: 1\n    y: 2\n")
    text = applied(target.file, list(edits(target, {"a": {"b": [{"x": 1, "y": 2}]}}, source)))
    assert text == "a:\n    b:\n        - x: 1\n          y: 2\n"


def test_edits_of_one_place_stand_in_their_order() -> None:
    assert applied("ab", [Edit(1, 1, "1"), Edit(1, 1, "2"), Edit(0, 1, "A")]) == "A12b"
