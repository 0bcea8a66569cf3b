from __future__ import annotations

import pytest

from flagd.nearest import LONGEST, nearest


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("chekout", ["checkout", "banner"], "checkout"),
        ("New-Checkout", ["new-checkout"], "new-checkout"),
        ("zzz", ["checkout"], None),
        ("zzz", [], None),
        ("", ["checkout"], None),
        ("ALLOTHERUSERS", ["allOtherUsers", "active"], "allOtherUsers"),
        ("segment", ["variants", "segments"], "segments"),
    ],
)
def test_nearest_is_the_name_most_alike(name: str, known: list[str], near: str | None) -> None:
    assert nearest(name, known) == near


def test_a_name_of_any_length_costs_little_and_one_that_begins_alike_is_found() -> None:
    assert nearest("checkout" * 100_000, ["checkout" * (LONGEST // 8)]) is not None
