"""Reference: the name of another resource in a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flagd.manifest.path import FieldPath


class Reference(NamedTuple):
    """One name.

    Attributes:
        kind: of the resource that is meant.
        name: its name, or the key of a flag.
        path: where the name stands.
    """

    kind: str
    name: str
    path: FieldPath
