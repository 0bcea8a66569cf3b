"""JSON user: lines as evaluation contexts, at little more than the cost of parsing them."""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import orjson

from flagctl.evaluation.user import UserError, read_user
from flagctl.impact.users.fault import PopulationError
from flagd.condition.attribute import USER_FIELDS
from flagd.engine import evaluation_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TEXTS = frozenset(USER_FIELDS)
_EXACT = 1 << 53
_OTHERWISE_BEGUN = re.compile(rb"\n(?!\{)")


def json_contexts(data: bytes, first: int) -> list[dict[str, Any]]:
    """Return the evaluation contexts of the users on the lines of `data`, the first of which is line `first`.

    Raises:
        PopulationError: a line describes no user; the message says which.
    """
    plain = _plain_users(data)
    if plain is None:
        return list(_line_by_line(data, first))
    return [{"user": user} for user in plain] if all(plain) else [{"user": user} if user else {} for user in plain]


def _plain_users(data: bytes) -> list[dict[str, Any]] | None:
    """Return the users on all lines, parsed at once; None where any line has to be looked at by itself."""
    lines = data.strip(b"\n")
    # Where an object begins on every line, only an array of objects could go on over the end of one, and no plain user
    # has that. The ends stay: no text of JSON has one inside, so that a line is a user and no more.
    if not lines.startswith(b"{") or _OTHERWISE_BEGUN.search(lines):
        return None
    try:
        users: list[dict[str, Any]] = orjson.loads(b"[%b]" % lines.replace(b"\n", b",\n"))
    except orjson.JSONDecodeError:
        return None
    return users if len(users) == lines.count(b"\n") + 1 and _are_plain(users) else None


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
    if isinstance(user, dict) and _are_plain([user]):
        return {"user": user} if user else {}
    try:
        return evaluation_context(read_user(line.decode()))
    except UnicodeDecodeError:
        raise PopulationError("the text is not UTF-8") from None
    except UserError as error:
        raise PopulationError(str(error)) from None


def _are_plain(users: Sequence[dict[str, Any]]) -> bool:
    """Return whether all are right at first sight: texts, lists of texts, and properties that are scalars.

    One field is looked at in all users before the next, which needs no loop of Python's own.
    """
    try:
        names = set().union(*users)
        texts = names - _SHAPED
        if not texts <= _TEXTS or not all(_holds_texts(_column(users, name, "")) for name in texts):
            return False
        if "cohort_ids" in names and not all(map(_are_texts, _column(users, "cohort_ids", []))):
            return False
        return (
            _holds_texts(_properties(users))
            or set(map(type, _properties(users))) <= _ALWAYS_RIGHT
            or all(map(_is_property, _properties(users)))
        )
    except TypeError:  # something is no object
        return False


def _properties(users: Sequence[dict[str, Any]]) -> Iterator[Any]:
    return chain.from_iterable(map(dict.values, _column(users, "user_properties", _NOTHING)))


def _column(users: Sequence[dict[str, Any]], name: str, absent: Any) -> Iterator[Any]:  # noqa: ANN401
    return map(dict.get, users, repeat(name), repeat(absent))


_SHAPED = frozenset({"user_properties", "cohort_ids"})
_ALWAYS_RIGHT = frozenset({str, bool})
"""Types of properties that are right whatever the value."""
_NOTHING: dict[str, Any] = {}


def _holds_texts(values: Iterable[Any]) -> bool:
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def _is_property(value: Any) -> bool:  # noqa: ANN401
    kind = value.__class__
    if kind is int:
        return bool(-_EXACT <= value <= _EXACT)
    if kind is float:
        return bool(-_EXACT < value < _EXACT)  # orjson reads integers of any length, and makes floats of them
    return kind is str or kind is bool or _are_texts(value)


def _are_texts(value: object) -> bool:
    return value.__class__ is list and all(each.__class__ is str for each in value)
