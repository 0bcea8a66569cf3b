import pytest

from flagd.promql.fault import QueryError
from flagd.promql.placeholder import filled, names_variant, placeholder_in

VALUES = {"flag": "new-checkout", "namespace": "shop", "variant": 'a"b'}


@pytest.mark.parametrize(
    ("literal", "result"),
    [
        ('"{{flag}}"', '"new-checkout"'),
        ('"{{ flag }}/{{namespace}}"', '"new-checkout/shop"'),
        ('"{{variant}}"', '"a\\U00000022b"'),
        ("`{{flag}}`", "`new-checkout`"),
        ('"plain"', '"plain"'),
    ],
)
def test_values_are_put_in_as_text(literal, result):
    assert filled(literal, VALUES) == result


def test_what_is_not_known_or_cannot_be_quoted_is_refused():
    with pytest.raises(QueryError, match="not a placeholder"):
        filled('"{{other}}"', VALUES)
    with pytest.raises(QueryError, match="cannot stand in backticks"):
        filled("`{{flag}}`", {"flag": "a`b"})


def test_placeholders_are_found():
    assert placeholder_in("rate(x[{{ window }}])") == "{{ window }}"
    assert placeholder_in("rate(x[5m])") == ""
    assert names_variant('a{v="{{variant}}"}')
    assert not names_variant('a{v="{{flag}}"}')
