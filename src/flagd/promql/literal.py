"""Literals: the quoted texts of a query, taken out before it is parsed and put back as they were quoted.

The parser prints the texts of strings unquoted: a text with a quotation mark in it would become PromQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagd.promql.fault import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

_LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`]*`|#[^\n]*')
"""Strings as Prometheus reads them, and comments, in which a quotation mark begins no string."""
_STAND_IN = re.compile(r'"Q([0-9]+)"')


@dataclass(frozen=True, slots=True)
class Literals:
    """A query apart from its quoted texts.

    Attributes:
        skeleton: the query with ``"Q0"``, ``"Q1"`` … in place of its quoted texts, and without comments.
        texts: the quoted texts with their quotation marks, in order.
    """

    skeleton: str
    texts: tuple[str, ...]

    @classmethod
    def of(cls, query: str) -> Literals:
        """Return `query` taken apart."""
        texts: list[str] = []

        def stand_in(found: re.Match[str]) -> str:
            if found[0].startswith("#"):
                return " "
            texts.append(found[0])
            return f'"Q{len(texts) - 1}"'

        return cls(_LITERAL.sub(stand_in, query), tuple(texts))

    def mapped(self, change: Callable[[str], str]) -> Literals:
        """Return these with `change` made to every quoted text."""
        return replace(self, texts=tuple(map(change, self.texts)))

    def restored(self) -> str:
        """Return the query with its texts where their stand-ins are. Raises QueryError where one is lost."""
        if sorted(map(int, _STAND_IN.findall(self.skeleton))) != list(range(len(self.texts))):
            raise QueryError("quoted label names are not supported; write them without quotes")
        return _STAND_IN.sub(lambda found: self.texts[int(found[1])], self.skeleton)
