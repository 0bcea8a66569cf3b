"""Counter: a query that gives cumulative counters as they are, series by series: one selector."""

from __future__ import annotations

import promql_parser as promql

from flagd.promql.fault import QueryError
from flagd.promql.literal import Literals
from flagd.promql.placeholder import names_variant
from flagd.promql.query import check_query

_EXTRAPOLATING = frozenset({"delta", "deriv", "idelta", "increase", "irate", "rate"})
_EXAMPLE = 'errors_total{flag="{{flag}}"}'


def check_counter(query: str) -> None:
    """Raise QueryError where `query` cannot be asked, or gives anything but counters as they were scraped.

    Rates and increases are extrapolated: counts that are scaled prove what is not so. A sum hides counters that began
    again.
    """
    check_query(query)
    if names_variant(query):
        raise QueryError("{{variant}} has no place here: arms are compared, whatever variant their users get")
    tree = promql.parse(Literals.of(query).skeleton)
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    if isinstance(tree, promql.Call) and tree.func.name in _EXTRAPOLATING:
        raise QueryError(
            f"{tree.func.name}() extrapolates, and guesses are no counts; write the counter itself, such as {_EXAMPLE}"
        )
    if not isinstance(tree, promql.VectorSelector):
        raise QueryError(
            f"the query computes something; write the counter itself, such as {_EXAMPLE}: its series are added up here"
        )
    if tree.offset is not None or tree.at is not None:
        raise QueryError("offset and @ read the past; write the counter without them")
