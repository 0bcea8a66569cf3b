"""Repetition: entries of lists that may stand there once only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.path import FieldPath


def repeated(names: Sequence[str], path: FieldPath, field: str | None = None) -> Iterator[Finding]:
    """Yield a finding for every name that stands earlier in the list at `path`.

    `field` is the field of the entries that holds the name; None if they are names themselves.
    """
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            at = (*path, index) if field is None else (*path, index, field)
            yield Finding(at, "Repeated", f"{shown(name)} is already at [{first[name]}]; each may appear once")
        first.setdefault(name, index)
