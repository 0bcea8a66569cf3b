"""Shape: what the parts of a context may look like in JSON, whatever door it comes in by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.condition.text import text
from flagd.nearest import nearest
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_SHOWN = 60
GROUP_SHAPES = "its name, a list of one name, or an object with name, properties and cohort_ids"


def attribute_text(value: object, where: str) -> str:
    """Return the text of an attribute: text as it is, numbers and booleans as conditions print them."""
    if isinstance(value, str):
        return value
    printed = text(value) if isinstance(value, bool | int | float) else None
    if printed is None:
        raise wrong(where, "a string", value)
    return printed


def group_name(value: object, where: str) -> str | None:
    """Return the name of a group that is given as a name or as a list of names, of which the first counts.

    An empty list, or one that begins with null, is not a group. Raises InvalidArgument for any other shape.
    """
    if isinstance(value, list):
        for one in value:
            if isinstance(one, list | dict):
                raise wrong(where, "a list of names", one)
        value = value[0] if value else None
    if value is None:
        return None
    if isinstance(value, dict):
        raise wrong(where, GROUP_SHAPES, value)
    return attribute_text(value, where)


def list_of_texts(value: object, where: str) -> list[str]:
    """Return a list of which every item is text. Raises InvalidArgument for anything else."""
    if not isinstance(value, list):
        raise wrong(where, "a list of strings", value)
    for one in value:
        if not isinstance(one, str):
            raise wrong(where, "a list of strings", one)
    return value


def an_object(value: object, where: str) -> dict[str, Any]:
    """Return an object of JSON. Raises InvalidArgument for anything else."""
    if not isinstance(value, dict):
        raise wrong(where, "an object", value)
    return value


def check_members(value: Mapping[str, object], known: Iterable[str], where: str) -> None:
    """Raise InvalidArgument for a member that is none of the `known` ones."""
    names = tuple(known)
    for name in value:
        if name not in names:
            raise unknown_member(where, name, names)


def unknown_member(where: str, name: str, known: Iterable[str]) -> InvalidArgument:
    """Return the error for a member that nobody knows."""
    near = nearest(name, known)
    rest = f"; did you mean {near}?" if near else ""
    return InvalidArgument(f"{where}: unknown member {shown(name)}{rest}")


def wrong(where: str, wanted: str, value: object) -> InvalidArgument:
    """Return the error for a value that is not `wanted`."""
    return InvalidArgument(f"{where}: must be {wanted}, not {kind(value)}")


def kind(value: object) -> str:
    """Return what JSON calls a value, with an article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
    return "an object"


def shown(name: str) -> str:
    """Return a name of the caller's in quotes, cut short where it is long; control characters are replaced."""
    printable = "".join(one if one.isprintable() else "?" for one in name[:_SHOWN])
    return f'"{printable}{"…" if len(name) > _SHOWN else ""}"'
