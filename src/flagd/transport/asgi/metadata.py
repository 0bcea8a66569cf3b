"""Metadata: request headers as services see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any


class Metadata(Mapping[str, str]):
    """Headers by lower-case name, decoded when somebody asks; binary ones (``-bin``) are left out.

    Most calls ask for none or one, so nothing is decoded ahead of that.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[bytes, bytes]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        if name.endswith("-bin"):
            raise KeyError(name)
        try:
            return self._fields[name.encode("latin-1")].decode("latin-1")
        except (KeyError, UnicodeEncodeError):
            raise KeyError(name) from None

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - Mapping's own signature
        """Return a header; without the exception that most look-ups would cost, since most headers are not there."""
        value = self._fields.get(_field(name))
        return default if value is None else value.decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._fields if not name.endswith(b"-bin"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(64)
def _field(name: str) -> bytes:
    """Return the name of a header as it is on the wire; empty where services see no such header."""
    return name.encode() if name.isascii() and not name.endswith("-bin") else b""
