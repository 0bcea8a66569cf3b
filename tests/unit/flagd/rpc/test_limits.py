"""Limits name themselves in their errors."""

import pytest

from flagd.rpc import limits
from flagd.rpc.status import InvalidArgument


def test_flag_keys_lose_repetitions_and_keep_their_order():
    assert limits.check_flag_keys(["b", "a", "b"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([str(n) for n in range(1001)], "flag_keys: 1001 given, at most 1000 allowed"),
        (["x" * 257], "flag_keys: longer than 256 bytes"),
        (["é" * 129], "flag_keys: longer than 256 bytes"),
    ],
)
def test_too_many_or_too_long_flag_keys_are_refused(keys, message):
    with pytest.raises(InvalidArgument, match=message):
        limits.check_flag_keys(keys)


@pytest.mark.parametrize("keys", [[], [str(n) for n in range(1000)], ["x" * 256], ["é" * 128]])
def test_flag_keys_up_to_the_limit_pass(keys):
    assert limits.check_flag_keys(keys) == keys


def test_repeated_keys_are_answered_once_and_counted_each():
    assert limits.check_flag_keys(["a"] * 1000) == ["a"]
    with pytest.raises(InvalidArgument, match="flag_keys: 5000 given"):
        limits.check_flag_keys(["a"] * 5000)


def test_long_text_is_measured_in_bytes_and_not_repeated():
    limits.check_text("吉" * 1365, "user.city")
    with pytest.raises(InvalidArgument) as refused:
        limits.check_text("吉" * 1366, "user.city")
    assert refused.value.message == "user.city: longer than 4096 bytes"
