"""PayloadType: the type of all payloads of a flag, as an annotation of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.generation.literal import literal
from flagctl.generation.name import class_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEEPEST = 6
_SCALARS: tuple[tuple[type, str], ...] = ((bool, "bool"), (int, "int"), (float, "float"), (str, "str"))


class Types:
    """Annotations, and the mappings that they name.

    Attributes:
        definitions: source of each mapping by name, those first that others name.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, values: Sequence[Any], name: str, depth: int = 0) -> str:
        """Return what all `values` are; mappings among them are one, called `name`."""
        if depth > _DEEPEST or not values:
            return "Any"
        found = _scalars(values)
        if mappings := [value for value in values if isinstance(value, dict)]:
            found.append(self._mapping(mappings, name, depth))
        if lists := [value for value in values if isinstance(value, list)]:
            items = [item for each in lists for item in each]
            found.append(f"list[{self.of(items, f'{name}Item', depth + 1)}]")
        if any(value is None for value in values):
            found.append("None")
        return " | ".join(found)

    def _mapping(self, values: Sequence[dict[str, Any]], name: str, depth: int) -> str:
        own = self._free(name)
        fields = [self._field(key, values, own, depth) for key in dict.fromkeys(key for each in values for key in each)]
        body = "".join(f"    {field},\n" for field in fields)
        self.definitions[own] = f"{own} = TypedDict(\n    {literal(own)},\n    {{\n{_indented(body)}    }},\n)"
        return own

    def _field(self, key: str, values: Sequence[dict[str, Any]], owner: str, depth: int) -> str:
        there = [each[key] for each in values if key in each]
        annotation = self.of(there, f"{owner}{class_name(key)}", depth + 1)
        return f"{literal(key)}: {annotation if len(there) == len(values) else f'NotRequired[{annotation}]'}"

    def _free(self, name: str) -> str:
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}{number}"
        self._taken.add(found)
        return found


def _scalars(values: Iterable[Any]) -> list[str]:
    kinds = {type(value) for value in values}
    if {int, float} <= kinds:
        kinds.remove(int)  # an int is a float to a type checker
    return [name for kind, name in _SCALARS if kind in kinds]


def _indented(lines: str) -> str:
    return "".join(f"    {line}" for line in lines.splitlines(keepends=True))
