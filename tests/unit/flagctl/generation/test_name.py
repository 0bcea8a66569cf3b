import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagctl.generation.name import class_name, function_name


@pytest.mark.parametrize(
    ("key", "function", "begins"),
    [
        ("new-checkout", "new_checkout", "NewCheckout"),
        ("2fa", "flag_2fa", "Flag2fa"),
        ("class", "class_", "Class"),
        ("match", "match_", "Match"),
        ("client", "client_", "Client"),
        ("a.b_c", "a_b_c", "ABC"),
        ("-", "flag", "Flag"),
        ("größe", "größe", "Größe"),
    ],
)
def test_a_key_is_a_name_of_python(key, function, begins):
    assert (function_name(key), class_name(key)) == (function, begins)


@given(st.text(min_size=1, max_size=20))
def test_any_key_is(key):
    for name in (function_name(key), class_name(key)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name) or name in {"None", "True", "False"}
