from __future__ import annotations

import pytest

from flagctl.doctor.finding import joined, listed


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_joined_as_in_a_sentence(names: list[str], text: str):
    assert joined(names) == text


def test_of_many_names_the_first_are_shown_and_the_others_counted():
    assert listed([str(n) for n in range(7)]) == "0, 1, 2, 3, 4 and 2 more"
