import pytest

from flagd.compiler.form.alternatives import MOST_ALTERNATIVES, TooManyAlternatives, all_of, size
from flagd.compiler.form.condition import comparison

A, B, C = (comparison(("context", "user", name), "is", ["x"]) for name in "abc")


def test_one_of_each_factor_must_hold():
    assert all_of([[[A], [B]], [[C]]]) == [[A, C], [B, C]]


def test_a_single_factor_stays_the_same_object():
    factor = [[A], [B]]
    assert all_of([factor]) is factor


def test_a_condition_that_stands_in_two_factors_is_asked_once():
    assert all_of([[[A, B]], [[A]]]) == [[A, B]]


def test_the_product_is_bounded_in_alternatives_and_in_conditions():
    pair = [[A], [B]]
    with pytest.raises(TooManyAlternatives, match="1,000 alternatives"):
        all_of([pair] * MOST_ALTERNATIVES.bit_length())
    with pytest.raises(TooManyAlternatives, match="of 100,000 allowed"):
        all_of([[[A] * 60_000, [B]], [[C]]])


def test_the_size_counts_conditions():
    assert size([[A, B], [C]]) == 3
