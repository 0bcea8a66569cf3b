"""Query: PromQL as a guard has it, made ready to be sent: placeholders filled in, every selector confined."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import promql_parser as promql

from flagd.promql.fault import QueryError
from flagd.promql.literal import Literals
from flagd.promql.placeholder import PLACEHOLDERS, filled, placeholder_in

if TYPE_CHECKING:
    from collections.abc import Mapping

LABEL = "namespace"
"""What most scrape configurations call the namespace of a pod."""
LONGEST = 4096
"""Most characters of a query."""
MOST_PARTS = 150
"""Most operators, functions, parentheses and names of a query: to walk its tree takes time by the cube of its depth."""
_EXAMPLE = dict.fromkeys(PLACEHOLDERS, "x")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_STAND_IN = '"N"'
"""Stands for the namespace where a query has its selectors confined."""
_INSIDE = re.compile(r"\{[^{}]*\}|\[[^\[\]]*\]")
_NO_STEP = re.compile(r":\s*\]")
_PART = re.compile(r"[\w:.]+|\S")
_READS_MORE = frozenset({"info"})
"""Functions that read series that no selector names."""


def check_query(query: str) -> None:
    """Raise QueryError where `query` cannot be asked, whichever flag it is asked for."""
    ready_query(query, LABEL, _EXAMPLE)


def ready_query(query: str, label: str | None, values: Mapping[str, str]) -> str:
    """Return `query` as it is to be sent.

    What is sent is printed from what the parser understood, with every selector confined. Text of the query gets there
    in string literals only, as it was quoted.

    Args:
        query: as a guard has it.
        label: the label that holds the namespace, forced on every selector; None = the query may read everything.
        values: what is put in for each of PLACEHOLDERS.

    Raises:
        QueryError: it is not PromQL that gives one number, or cannot be confined.
    """
    if len(query) > LONGEST:
        raise QueryError(f"the query has {len(query)} characters; at most {LONGEST} are sent")
    if not _NAMESPACE.fullmatch(values["namespace"]):
        raise QueryError(f"{values['namespace']!r} is not a namespace")
    literals = _understood(query, label)
    literals = replace(literals, skeleton=literals.skeleton.replace(_STAND_IN, f'"{values["namespace"]}"'))
    return literals.mapped(lambda literal: filled(literal, values)).restored()


@lru_cache(maxsize=1024)
def _understood(query: str, label: str | None) -> Literals:
    """Return `query` parsed and printed, each selector confined to a stand-in for a namespace, its texts apart."""
    literals = Literals.of(query)
    if stray := placeholder_in(literals.skeleton):
        raise QueryError(f'{stray} stands outside of quotes; write it inside, such as flag="{{{{flag}}}}"')
    if _NO_STEP.search(literals.skeleton):
        raise QueryError("a subquery without a step is not supported; write one, such as [5m:30s]")
    parts = len(_PART.findall(_INSIDE.sub("", literals.skeleton)))
    if parts > MOST_PARTS:
        raise QueryError(f"the query has {parts} operators, functions, parentheses and names; at most {MOST_PARTS}")
    printed = str(_parsed(literals.skeleton))
    if label is not None:
        printed = _confined(printed, f"{label}={_STAND_IN}")
    return replace(literals, skeleton=printed)


def _parsed(skeleton: str) -> promql.Expr:
    try:
        tree = promql.parse(skeleton)
    except ValueError as error:
        raise QueryError(f"the query is not PromQL: {error}") from None
    if isinstance(tree, promql.MatrixSelector | promql.SubqueryExpr | promql.StringLiteral):
        raise QueryError("the query gives a range or a text; it must give one number, such as sum(rate(…[5m]))")
    promql.walk(tree, pre_visit=_check_selectors)
    return tree


def _check_selectors(node: promql.Expr) -> None:
    if isinstance(node, promql.Call) and node.func.name in _READS_MORE:
        raise QueryError(f"{node.func.name}() reads series of other namespaces; write the query without it")
    if isinstance(node, promql.VectorSelector) and node.matchers.or_matchers:
        raise QueryError("a selector with 'or' in its braces is not PromQL; write a regular expression")


def _confined(printed: str, matcher: str) -> str:
    """Return `printed` with `matcher` in every selector: they alone have braces, and each is printed with some."""
    confined = printed.replace("{", f"{{{matcher},").replace(",}", "}")

    def check(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector) and matcher not in map(str, node.matchers.matchers):
            raise QueryError(f"the selector {node} could not be confined to its namespace")

    promql.walk(_parsed(confined), pre_visit=check)
    return confined
