"""Encodings: bodies that many callers get, made once for each revision, and kept for the places asked for last."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

PLACES = 256
"""How many projects and kinds of callers something is kept for: those that are gone are never asked for again."""


class Encodings:
    """The newest body of each place: a project as one kind of caller sees it."""

    def __init__(self, title: str, most: int = PLACES) -> None:
        """Keep `most` bodies; `title` names the work in lists of tasks."""
        self._title = title
        self._most = most
        self._made: dict[Hashable, tuple[str, asyncio.Task[bytes]]] = {}

    async def body(self, place: Hashable, revision: str, encode: Callable[[], bytes]) -> bytes:
        """Return the body of `place` at `revision`; where it is not known yet, a thread runs `encode`."""
        known, making = self._made.pop(place, ("", None))
        if making is None or known != revision:
            making = asyncio.create_task(asyncio.to_thread(encode), name=self._title)
        self._made[place] = revision, making
        while len(self._made) > self._most:
            del self._made[next(iter(self._made))]
        # Others wait for the same: one that leaves must not take it along.
        return await asyncio.shield(making)
