import pytest

from flagd.compiler.form.weights import distributions, first_part, shares


def ranges(*weights: int) -> list[list[int]]:
    split = tuple((str(index), weight) for index, weight in enumerate(weights))
    return [each["range"] for each in distributions(split)]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((1,), [[0, 42949673]]),
        ((7,), [[0, 42949673]]),
        ((1, 1), [[0, 21474837], [21474836, 42949673]]),
        ((1, 99), [[0, 429497], [429496, 42949673]]),
        ((99, 1), [[0, 42520177], [42520175, 42949673]]),
    ],
)
def test_ranges_are_those_that_amplitudes_server_was_seen_to_compile(weights, expected):
    assert ranges(*weights) == expected


def test_a_variant_that_is_not_named_or_weighs_nothing_gets_nobody():
    assert shares(["a", "b", "c"], {"c": 2, "a": 0}) == (("c", 2),)


@pytest.mark.parametrize("weights", [None, {}, {"a": 0, "b": 0}])
def test_without_weights_the_split_is_even(weights):
    assert shares(["a", "b"], weights) == (("a", 1), ("b", 1))


def test_shares_stand_in_the_declared_order_of_the_variants():
    assert shares(["b", "a"], {"a": 1, "b": 2}) == (("b", 2), ("a", 1))


def test_a_part_of_a_range_starts_where_the_variant_before_it_ends():
    whole = distributions((("a", 1), ("b", 1)))
    assert [each["range"] for each in first_part(whole, 500)] == [[0, 10737419], [21474837, 32212255]]


@pytest.mark.parametrize("thousandths", [1, 500, 999])
def test_a_part_holds_nobody_who_would_get_another_variant_from_the_whole(thousandths):
    whole = distributions((("a", 1), ("b", 2), ("c", 4)))
    previous_end = 0
    for full, part in zip(whole, first_part(whole, thousandths), strict=True):
        assert previous_end <= part["range"][0] <= part["range"][1] < full["range"][1]
        previous_end = full["range"][1]
