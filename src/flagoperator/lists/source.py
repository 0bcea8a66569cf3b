"""Source: a place that lists are fetched from, as the operator's settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.manifest.parts.list_origin import ListOrigin


@dataclass(frozen=True, slots=True)
class Source:
    """An HTTPS server or a mounted folder.

    Attributes:
        name: what cohorts name it by.
        url: what stands before the path of a list, ending in a slash; empty for a folder.
        folder: the folder; None for a server.
        token_file: holds the bearer token that is shown to the server; None = none is.
        ca_file: PEM file with the CA certificates of the server; None = those of the system.
        interval_seconds: how often each list is looked at.
        namespaces: whose cohorts may use it; none = all.
    """

    name: str
    url: str = ""
    folder: Path | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    interval_seconds: float = 60.0
    namespaces: frozenset[str] = frozenset()

    def serves(self, namespace: str) -> bool:
        """Return whether cohorts of `namespace` may use it."""
        return not self.namespaces or namespace in self.namespaces

    def address(self, origin: ListOrigin) -> str:
        """Return the URL of a list on the server."""
        return f"{self.url}{origin.path}"
