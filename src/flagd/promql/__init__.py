"""PromQL: the queries of guards: whether they can be asked, and as what they are sent."""

from flagd.promql.counter import check_counter
from flagd.promql.fault import QueryError
from flagd.promql.placeholder import names_variant
from flagd.promql.query import LABEL, check_query, ready_query

__all__ = ["LABEL", "QueryError", "check_counter", "check_query", "names_variant", "ready_query"]
