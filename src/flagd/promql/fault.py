"""Fault: what is wrong with a query."""


class QueryError(Exception):
    """A query that cannot be asked, in words for its author."""
