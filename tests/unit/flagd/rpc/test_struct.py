"""google.protobuf.Struct and Python values, both ways."""

import math

import pytest
from google.protobuf.struct_pb2 import Struct, Value

from flagd.rpc.struct import from_struct, from_value, to_struct, to_value

PLAIN = [
    None,
    True,
    False,
    0.0,
    42.0,
    -1.5,
    "",
    "吉 星",
    [],
    {},
    [1.0, [None, {"a": [True]}]],
    {"": {"b": [], "c": None}},
]


@pytest.mark.parametrize("plain", PLAIN)
def test_a_value_survives_the_round_trip(plain):
    assert from_value(to_value(plain)) == plain


def test_an_object_survives_the_round_trip():
    plain = {"plan": "pro", "seats": 3.0, "tags": ["a", None]}
    assert from_struct(to_struct(plain)) == plain


def test_integers_become_the_nearest_double():
    assert from_value(to_value(2**53 + 1)) == float(2**53)
    assert from_value(to_value(10**400)) == math.inf
    assert from_value(to_value(-(10**400))) == -math.inf


def test_a_value_without_a_kind_is_null():
    assert from_value(Value()) is None


def test_a_lone_surrogate_is_sent_as_a_question_mark():
    assert to_struct({"a": "\ud800"}) == Struct(fields={"a": Value(string_value="?")})


def test_what_is_not_json_is_refused():
    with pytest.raises(TypeError, match="not a JSON value: object"):
        to_value(object())


def test_members_inside_come_in_an_order_that_no_process_makes_up():
    """Without it each process has an order of its own, as protobuf seeds its maps by the address it was loaded at."""
    names = [f"name-{number}" for number in range(30)]
    found = from_struct(to_struct({"a": [dict.fromkeys(reversed(names), 1.0)]}))
    assert list(found["a"][0]) == sorted(names)
