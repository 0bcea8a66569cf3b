"""Metadata: request headers as services see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


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

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._fields if not name.endswith(b"-bin"))

    def __len__(self) -> int:
        return sum(1 for _ in self)
