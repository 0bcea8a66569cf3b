"""Values: the properties of a user, a group or a whole context as plain values, checked against the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.budget import Budget
from flagd.rpc.limits import ATTRIBUTES, KEY_BYTES, TEXT_BYTES, check_count, check_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_values(
    properties: Mapping[str, Any], what: str, *, most: int = ATTRIBUTES, whole: Budget | None = None
) -> None:
    """Raise InvalidArgument for more than `most` properties, for names and texts too long, and for too much inside.

    What is too large is met before it is walked through. The values are spent of `whole` too.
    """
    check_count(len(properties), most, what)
    Budget(what, whole=whole).spend_all(properties)
    for name, value in properties.items():
        if len(name) * 4 > KEY_BYTES:
            check_text(name, f"{what}: the name of a property", KEY_BYTES)
        if isinstance(value, str):
            if len(value) * 4 > TEXT_BYTES:
                check_text(value, f"{what}.{name}")
        elif isinstance(value, dict | list):
            _check_inside(value, f"{what}.{name}")


def _check_inside(value: dict[str, Any] | list[Any], what: str) -> None:
    """Check the texts inside, of which there are not too many."""
    todo: list[Any] = [value]
    for one in todo:
        if isinstance(one, str):
            check_text(one, what)
        elif isinstance(one, dict):
            for name in one:
                check_text(name, f"{what}: a name", KEY_BYTES)
            todo.extend(one.values())
        elif isinstance(one, list):
            todo.extend(one)
