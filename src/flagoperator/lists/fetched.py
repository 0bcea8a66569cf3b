"""Fetched: what one look at a list gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.id_list.id_list import IdList

Mark = tuple[object, ...]
"""What tells one state of a list from another: of a file its stamp, of an answer its ETag and Last-Modified."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A list, or that it is as it was.

    Attributes:
        read: the list; None where nothing changed since `mark`.
        mark: of this state; to be given back at the next look.
    """

    read: IdList | None
    mark: Mark
