"""Prometheus: what guards ask of it: one query, confined to one namespace, one number back."""

from flagoperator.prometheus.client import Prometheus, Settings
from flagoperator.prometheus.fault import QueryError
from flagoperator.prometheus.placeholder import names_variant
from flagoperator.prometheus.query import LABEL, check_query, ready_query
from flagoperator.prometheus.reading import Reading

__all__ = ["LABEL", "Prometheus", "QueryError", "Reading", "Settings", "check_query", "names_variant", "ready_query"]
