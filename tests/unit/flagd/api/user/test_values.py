import pytest

from flagd.api.user.values import check_values
from flagd.rpc.limits import ATTRIBUTES, KEY_BYTES, TEXT_BYTES
from flagd.rpc.status import InvalidArgument


@pytest.mark.parametrize(
    "properties",
    [{}, {"a": "x" * TEXT_BYTES, "b" * KEY_BYTES: 1}, {"deep": {"a": [1, "x", None, {"b": True}]}}],
)
def test_what_is_within_the_limits_passes(properties):
    check_values(properties, "user")


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({str(number): 1 for number in range(ATTRIBUTES + 1)}, "user"),
        ({"n" * (KEY_BYTES + 1): 1}, "user: the name of a property"),
        ({"\u20ac" * (KEY_BYTES // 3 + 1): 1}, "user: the name of a property"),
        ({"a": "x" * (TEXT_BYTES + 1)}, "user.a"),
        ({"a": ["x" * (TEXT_BYTES + 1)]}, "user.a"),
        ({"a": [{"n" * (KEY_BYTES + 1): 1}]}, "user.a: a name"),
    ],
)
def test_what_is_too_long_or_too_much_is_refused_with_its_place(properties, place):
    with pytest.raises(InvalidArgument, match=place):
        check_values(properties, "user")


def test_many_values_in_a_list_are_refused_before_they_are_walked_through():
    with pytest.raises(InvalidArgument):
        check_values({"a": [None] * 1_000_000}, "user")
