from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.manifest.path import format_path, parse_path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("spec",), "spec"),
        (("spec", "segments", 0, "rollout", "percent"), "spec.segments[0].rollout.percent"),
        (("spec", "metadata", "a.b"), "spec.metadata['a.b']"),
        (("spec", "metadata", "it's"), "spec.metadata['it\\'s']"),
        (("spec", "rollout", "weights", "5"), "spec.rollout.weights['5']"),
    ],
)
def test_a_path_is_text_and_back(path: tuple[str | int, ...], text: str):
    assert format_path(path) == text
    assert parse_path(text) == path


@given(st.lists(st.text() | st.integers(min_value=0, max_value=10**6)).map(tuple))
def test_any_path_survives_the_round_trip(path: tuple[str | int, ...]):
    assert parse_path(format_path(path)) == path
