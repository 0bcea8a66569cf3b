"""A value in a message is short and on one line, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest.shown import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("pro", "`pro`"),
        (True, "`true`"),
        (None, "`null`"),
        ("two\nlines\x1b[31m", "`two\\x0alines\\x1b[31m`"),
        ("x" * 61, f"`{'x' * 60}…`"),
        ({"a": {"b": 1}}, '`{"a": "…"}`'),
        ([1, [2]], '`[1, "…"]`'),
        (list(range(9)), "`[0, 1, 2, 3, 4]`"),
    ],
)
def test_a_value_is_quoted_briefly(value: Any, text: str):
    assert shown(value) == text


def test_a_list_within_itself_is_quoted_too():
    loop: list[Any] = []
    loop.append(loop)
    assert shown(loop) == '`["…"]`'
