import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler.form.allocation import allocations

SPLIT = (("a", 1), ("b", 3))


def admitted(thousandths: int, allocation: int, distribution: int) -> str | None:
    for each in allocations(thousandths, SPLIT):
        if each["range"][0] <= allocation < each["range"][1]:
            for part in each["distributions"]:
                if part["range"][0] <= distribution < part["range"][1]:
                    return part["variant"]
    return None


@pytest.mark.parametrize(
    ("thousandths", "expected"),
    [
        (0, []),
        (1, [[0, 1]]),
        (999, [[0, 1]]),
        (1_000, [[0, 1]]),
        (33_330, [[0, 33], [33, 34]]),
        (99_999, [[0, 99], [99, 100]]),
        (100_000, [[0, 100]]),
    ],
)
def test_whole_percents_are_one_range_and_a_fraction_adds_one(thousandths, expected):
    assert [each["range"] for each in allocations(thousandths, SPLIT)] == expected


@given(
    st.integers(0, 100_000),
    st.integers(0, 100_000),
    st.integers(0, 99),
    st.one_of(st.integers(0, 42949672), st.sampled_from([0, 10737417, 10737418, 10737419, 42949672])),
)
def test_raising_the_percentage_moves_nobody_and_removes_nobody(one, other, allocation, distribution):
    less, more = sorted((one, other))
    before = admitted(less, allocation, distribution)
    assert before is None or admitted(more, allocation, distribution) == before


def test_a_thousandth_of_a_percent_admits_that_share():
    [only] = allocations(1, (("on", 1),))
    start, end = only["distributions"][0]["range"]
    assert (end - start) / 42949673 / 100 == pytest.approx(0.00001, rel=1e-4)
