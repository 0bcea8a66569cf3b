from __future__ import annotations

import pytest

from flagctl.impact.share import percent


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (1, 8, "12.5 %"),
        (1, 3, "33.333 %"),
        (1, 1_000_000, "< 0.001 %"),
        (999_999, 1_000_000, "> 99.999 %"),
        (7, 7, "100 %"),
    ],
)
def test_a_share_hides_nobody(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text
