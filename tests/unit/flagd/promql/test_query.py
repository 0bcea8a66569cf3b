"""Queries: what is sent for what a guard says, and what is refused."""

import promql_parser as promql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.promql import QueryError, check_query, names_variant, ready_query

SHOP = {"flag": "checkout", "namespace": "shop", "variant": "on"}


def sent(query, label="namespace", **values):
    return ready_query(query, label, SHOP | values)


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("up", 'up{namespace="shop"}'),
        ('up{namespace="ads"}', 'up{namespace="shop",namespace="ads"}'),
        ("sum(rate(x[5m])) / sum(y offset 1m)",
         'sum(rate(x{namespace="shop"}[5m])) / sum(y{namespace="shop"} offset 1m)'),
        ("max_over_time(rate(x[5m])[1h:1m])", 'max_over_time(rate(x{namespace="shop"}[5m])[1h:1m])'),
        ('{__name__=~"a|b"}', '{namespace="shop",__name__=~"a|b"}'),
        ('{"a.b"}', '{namespace="shop",__name__="a.b"}'),
        ("x and on (job) (y or z)",
         'x{namespace="shop"} and on (job) (y{namespace="shop"} or  z{namespace="shop"})'),
        ("topk(scalar(a), b)", 'topk(scalar(a{namespace="shop"}), b{namespace="shop"})'),
        ("quantile_over_time(scalar(a), b[5m])",
         'quantile_over_time(scalar(a{namespace="shop"}), b{namespace="shop"}[5m])'),
        ("absent(x @ end())", 'absent(x{namespace="shop"} @ end())'),
        ("-x ^ 2", '-x{namespace="shop"} ^ 2'),
        ("1 + 2", "1 + 2"),
        ("x # or y", 'x{namespace="shop"}'),
    ],
)  # fmt: skip
def test_every_selector_is_confined(query, result):
    assert sent(query) == result


@pytest.mark.parametrize(
    "text",
    [
        r'"a\"} or secret{b=\"c"',
        "'a\\'} or secret{b=\\'c'",
        "'a\"} or secret{b=\"c'",
        '`a"} or secret{b="c`',
        r'"a\\"',
        r'"\x22} or secret{b=\x22"',
        '"Q0"',
        '"N"',
        '"# no comment"',
    ],
)
def test_what_stands_in_quotes_never_becomes_promql(text):
    assert sent(f"x{{a={text}}}") == f'x{{namespace="shop",a={text}}}'


def test_quoted_texts_of_functions_stay_as_they_were():
    query = r'label_replace(x, "a", "q\"uo", "b", "(.*)\"")'
    assert sent(query) == r'label_replace(x{namespace="shop"}, "a", "q\"uo", "b", "(.*)\"")'


def test_placeholders_are_put_in_as_text():
    assert sent('x{f="{{flag}}",v=~"{{ variant }}|none"}', None) == 'x{f="checkout",v=~"on|none"}'


@given(st.text(min_size=1))
def test_no_value_of_a_placeholder_becomes_promql(flag):
    text = sent('x{a="{{flag}}"}', flag=flag)
    plain = promql.parse(text.replace("\\U", "U"))  # the parser knows fewer escapes than Prometheus
    assert [each.name for each in plain.matchers.matchers] == ["namespace", "a"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("x{", "not PromQL"),
        ("", "not PromQL"),
        ('x{a="b', "not PromQL"),
        ("x[5m]", "must give one number"),
        ("x[5m:1m]", "must give one number"),
        ("max_over_time(x[5m: ])", "a subquery without a step"),
        ('"text"', "must give one number"),
        ("rate({{flag}}_total[5m])", "outside of quotes"),
        ('x{a="{{cluster}}"}', r"\{\{cluster\}\} is not a placeholder"),
        ('x{a="b" or c="d"}', "is not PromQL; write a regular expression"),
        ("info(x)", r"info\(\) reads series of other namespaces"),
        ('{"my.label"="x", __name__="y"}', "without quotes"),
        ('sum by ("le") (x)', "without quotes"),
        ("x + " * 2000 + "x", "at most 4096"),
        ("x + " * 90 + "x", "at most 150"),
        ("-" * 2000 + "x", "at most 150"),
        ("(" * 1000 + "x" + ")" * 1000, "at most 150"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(query, reason):
    with pytest.raises(QueryError, match=reason):
        check_query(query)


def test_a_value_that_cannot_stand_in_backticks_is_refused():
    with pytest.raises(QueryError, match="in double quotes"):
        sent("x{a=`{{flag}}`}", flag="a`b")


def test_a_query_for_each_variant_is_known_by_its_placeholder():
    assert names_variant('x{a="{{ variant }}"}')
    assert not names_variant('x{a="{{flag}} variant"}')
