"""Placeholders: {{flag}}, {{namespace}} and {{variant}} in a query, put in as text and never as PromQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flagd.promql.fault import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACEHOLDERS = ("flag", "namespace", "variant")
"""What a query may name."""
_FORM = re.compile(r"\{\{\s*(\w*)\s*\}\}")
_PLAIN = re.compile(r"[\w .:/=-]", re.ASCII)


def placeholder_in(text: str) -> str:
    """Return the first placeholder of `text`; empty without one."""
    found = _FORM.search(text)
    return found[0] if found else ""


def names_variant(query: str) -> bool:
    """Return whether `query` asks for one variant at a time."""
    return any(name == "variant" for name in _FORM.findall(query))


def filled(literal: str, values: Mapping[str, str]) -> str:
    """Return `literal`, a quoted text, with its placeholders filled in. Raises QueryError where one is not known."""
    escape = _raw if literal.startswith("`") else _escaped

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise QueryError(
                f"{found[0]} is not a placeholder; write {{{{flag}}}}, {{{{namespace}}}} or {{{{variant}}}}"
            )
        return escape(values[found[1]])

    return _FORM.sub(value, literal)


def _escaped(value: str) -> str:
    return "".join(each if _PLAIN.match(each) else f"\\U{ord(each):08x}" for each in value)


def _raw(value: str) -> str:
    if "`" in value or "\r" in value:
        raise QueryError(f"{value!r} cannot stand in backticks; write the text in double quotes")
    return value
