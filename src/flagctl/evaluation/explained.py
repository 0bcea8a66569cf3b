"""Explained: why a user gets what, as text and as data, the same from manifests and from a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons for one answer.

    Attributes:
        flag: key of the flag.
        text: line by line, for people.
        plain: the same as ExplainResponse, JSON-shaped.
        error: why there is no explanation; empty where there is one.
        stale: whether the server has lost touch with its source.
    """

    flag: str
    text: str = ""
    plain: dict[str, Any] | None = None
    error: str = ""
    stale: bool = False
