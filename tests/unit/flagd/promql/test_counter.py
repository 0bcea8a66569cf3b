"""Counters: what a comparison may name, and what is said of the rest."""

import pytest

from flagd.promql import QueryError, check_counter


@pytest.mark.parametrize("query", ['errors_total{flag="{{flag}}"}', "((errors_total))", '{__name__=~"a|b"}'])
def test_one_selector_is_taken(query):
    check_counter(query)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("rate(errors_total[5m])", r"rate\(\) extrapolates"),
        ("(increase(errors_total[5m]))", r"increase\(\) extrapolates"),
        ("sum by (rollout_arm) (errors_total)", "computes something; write the counter itself"),
        ("errors_total - errors_total", "computes something"),
        ("errors_total offset 5m", "read the past"),
        ("errors_total @ end()", "read the past"),
        ('errors_total{variant="{{variant}}"}', "arms are compared"),
        ("errors_total{", "is not PromQL"),
    ],
)
def test_what_is_no_counter_is_refused_with_what_would_be_right(query, says):
    with pytest.raises(QueryError, match=says):
        check_counter(query)
