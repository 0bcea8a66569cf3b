"""Default project: which project is meant where none is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

DEFAULT = "default"
"""Namespace of manifests that name none, and the project of callers who name none, where it is served."""


@dataclass(frozen=True, slots=True)
class DefaultProject:
    """The rule.

    Attributes:
        chosen: the project that the configuration names; None = it names none.
        alone: whether a project may be meant because it is the only one. Where others add projects at any time, as in
            a cluster, it may not.
    """

    chosen: str | None = None
    alone: bool = True

    def among(self, served: Collection[str], known: Collection[str] = (), before: str | None = None) -> str | None:
        """Return the project that is meant; None = it must be named.

        Args:
            served: the projects with content.
            known: those that had content, even if they have none any more.
            before: what this returned for the content before: it stays meant when nothing has content any more.
        """
        if self.chosen is not None:
            return self.chosen
        if DEFAULT in served or DEFAULT in known:
            return DEFAULT
        if not self.alone:
            return None
        if not served:
            return before
        return next(iter(served)) if len(served) == 1 else None
