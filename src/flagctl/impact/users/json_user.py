"""JSON user: lines as evaluation contexts, at little more than the cost of parsing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from flagctl.evaluation.user import UserError, read_user
from flagctl.impact.users.fault import PopulationError
from flagd.condition.attribute import USER_FIELDS
from flagd.engine import evaluation_context

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = frozenset(USER_FIELDS)
_EXACT = 1 << 53


def json_contexts(data: bytes, first: int) -> list[dict[str, Any]]:
    """Return the evaluation contexts of the users on the lines of `data`, the first of which is line `first`.

    Raises:
        PopulationError: a line describes no user; the message says which.
    """
    plain = _plain_users(data)
    return list(_line_by_line(data, first)) if plain is None else [{"user": user} if user else {} for user in plain]


def _plain_users(data: bytes) -> list[dict[str, Any]] | None:
    """Return the users on all lines, parsed at once; None where any line has to be looked at by itself."""
    lines = data.strip(b"\n")
    ends = lines.count(b"}\n{")
    if ends != lines.count(b"\n"):
        return None
    try:
        # The ends of lines stay: no text of JSON has one inside, so that a line is a user and no more.
        users = orjson.loads(b"[%b]" % lines.replace(b"}\n{", b"},\n{"))
        shapes = {
            (*user, *map(type, user.values()), *map(type, user.get("user_properties", _NOTHING).values()))
            for user in users
        }
    except (orjson.JSONDecodeError, AttributeError):
        return None
    plain = len(users) == ends + 1 and (shapes <= _plain_shapes or all(map(_is_plain, users)))
    return users if plain else None


def _line_by_line(data: bytes, first: int) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(data.split(b"\n"), first):
        if line and not line.isspace():
            try:
                yield json_context(line)
            except PopulationError as error:
                raise PopulationError(f"line {number}: {error}") from None


def json_context(line: bytes) -> dict[str, Any]:
    """Return the evaluation context of the user on `line`, in either form that `flagctl eval` takes.

    Raises:
        PopulationError: it describes no user.
    """
    try:
        user = orjson.loads(line)
    except orjson.JSONDecodeError:
        user = None
    if isinstance(user, dict) and _is_plain(user):
        return {"user": user} if user else {}
    try:
        return evaluation_context(read_user(line.decode()))
    except UnicodeDecodeError:
        raise PopulationError("the text is not UTF-8") from None
    except UserError as error:
        raise PopulationError(str(error)) from None


def _is_plain(user: dict[str, Any]) -> bool:
    """Return whether `user` is right at first sight: texts, lists of texts, and properties that are scalars."""
    properties = user.get("user_properties", _NOTHING)
    if properties.__class__ is not dict:
        return False
    shape = (*user, *map(type, user.values()), *map(type, properties.values()))
    if shape in _plain_shapes:
        return True
    plain = all(map(_is_field, user.items())) and all(map(_is_property, properties.values()))
    if plain and not _ASK_EACH.intersection(shape) and len(_plain_shapes) < _MOST_SHAPES:
        _plain_shapes.add(shape)
    return plain


_NOTHING: dict[str, Any] = {}
_ASK_EACH = frozenset({int, float, list})
"""Types of which a value may be wrong where another is right."""
_MOST_SHAPES = 1024
_plain_shapes: set[tuple[object, ...]] = set()
"""Names and types of users that are right whatever their values: most populations have a few."""


def _is_field(field: tuple[str, Any]) -> bool:
    name, value = field
    if name in _TEXTS:
        return value.__class__ is str
    return name == "user_properties" or (name == "cohort_ids" and _are_texts(value))


def _is_property(value: Any) -> bool:  # noqa: ANN401
    kind = value.__class__
    if kind is int:
        return bool(-_EXACT <= value <= _EXACT)
    if kind is float:
        return bool(-_EXACT < value < _EXACT)  # orjson reads integers of any length, and makes floats of them
    return kind is str or kind is bool or _are_texts(value)


def _are_texts(value: object) -> bool:
    return value.__class__ is list and all(each.__class__ is str for each in value)
