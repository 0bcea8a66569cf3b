"""Conditions: what it means that an attribute stands in a relation to values, as Amplitude's engines define it."""

from flagd.condition.condition import Condition, Read, Results, make_condition, reader, texts
from flagd.condition.operator import accepted, bound, compared_as, predicate
from flagd.condition.text import elements, text

__all__ = [
    "Condition",
    "Read",
    "Results",
    "accepted",
    "bound",
    "compared_as",
    "elements",
    "make_condition",
    "predicate",
    "reader",
    "text",
    "texts",
]
