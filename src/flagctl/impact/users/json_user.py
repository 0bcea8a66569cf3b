"""JSON user: a line as an evaluation context, at little more than the cost of parsing it."""

from __future__ import annotations

from typing import Any

import orjson

from flagctl.evaluation.user import UserError, read_user
from flagctl.impact.users.fault import PopulationError
from flagd.condition.attribute import USER_FIELDS
from flagd.engine import evaluation_context

_TEXTS = frozenset(USER_FIELDS)
_EXACT = 1 << 53


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
    for name, value in user.items():
        if name in _TEXTS:
            if value.__class__ is not str:
                return False
        elif name == "user_properties":
            if value.__class__ is not dict or not all(map(_is_property, value.values())):
                return False
        elif name != "cohort_ids" or not _are_texts(value):
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
