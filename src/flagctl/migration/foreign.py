"""Foreign: JSON of another system, read with the type that each field has there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.migration.imported import ForeignError

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}


class Foreign:
    """One object, and where it stands."""

    def __init__(self, where: str, data: object) -> None:
        """Raises ForeignError where `data` is not an object."""
        if not isinstance(data, dict):
            raise ForeignError(f"{where} is not an object")
        self.where = where
        self.data: Mapping[str, Any] = data

    def text(self, name: str) -> str:
        """Return a string; empty where it is absent."""
        return str(self._of(name, str, ""))

    def truth(self, name: str) -> bool:
        """Return true or false; False where it is absent."""
        return bool(self._of(name, bool, False))

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object; empty where it is absent."""
        return dict(self._of(name, dict, {}))

    def entries(self, name: str) -> list[Any]:
        """Return a list; empty where it is absent."""
        return list(self._of(name, list, []))

    def objects(self, name: str) -> list[Foreign]:
        """Return a list of objects, each with its place."""
        return [Foreign(f"{self.where}: {name}[{at}]", each) for at, each in enumerate(self.entries(name))]

    def number(self, name: str) -> float:
        """Return a number; 0 where it is absent."""
        value = self.data.get(name)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ForeignError(f"{self.where}: {name} is not a number")
        return value

    def _of(self, name: str, kind: type, absent: object) -> Any:  # noqa: ANN401
        value = self.data.get(name)
        if value is None:
            return absent
        if not isinstance(value, kind):
            raise ForeignError(f"{self.where}: {name} is not {_WORDS[kind]}")
        return value
