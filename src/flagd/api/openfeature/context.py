"""Context: an OpenFeature evaluation context as the engine's, checked against the limits on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.user.cohort_ids import read_cohort_ids
from flagd.api.user.groups import read_groups
from flagd.api.user.values import check_values
from flagd.engine.context import evaluation_context as engine_context
from flagd.rpc.budget import user_budget
from flagd.rpc.limits import ATTRIBUTES, KEY_BYTES, TEXT_BYTES, check_count
from flagd.rpc.shape import an_object, attribute_text
from flagd.v1.evaluation_pb2 import User

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.rpc.budget import Budget

TARGETING_KEY = "targetingKey"
_SHAPED = ("user_properties", "cohort_ids", "groups")
_FIELDS = frozenset(User.DESCRIPTOR.fields_by_name) - {*_SHAPED}
_MOST = ATTRIBUTES + len(_FIELDS) + len(_SHAPED) + 1


def evaluation_context(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the engine's context of OpenFeature's: a JSON object, or a Struct read as one.

    ``targetingKey`` is the user's id; ``country`` and the other fields of a User are taken by name, so are
    ``groups``, ``cohort_ids`` and ``user_properties``; all else are user properties. Nulls are as if absent.

    Raises:
        InvalidArgument: something is too large, or of a shape that its name does not allow.
    """
    return _plain_context(fields) or _checked_context(fields)


def _plain_context(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the context of few, short fields with nothing inside them, which nearly all are; None for any other."""
    if len(fields) > ATTRIBUTES:
        return None
    user: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    for name, value in fields.items():
        kind = value.__class__
        if kind is str:
            if len(value) > _SHORT_TEXT:
                return None
        elif (kind is not float and kind is not bool) or name in _NAMED:
            return None
        if len(name) > _SHORT_NAME or name in _SHAPED:
            return None
        if name in _NAMED:
            user[name] = value
        else:
            properties[name] = value
    if TARGETING_KEY in user:
        user["user_id"] = user.pop(TARGETING_KEY)
    if properties:
        user["user_properties"] = properties
    return {"user": user}


def _checked_context(fields: Mapping[str, Any]) -> dict[str, Any]:
    check_count(len(fields), 2 * _MOST, "context")
    given = {name: value for name, value in fields.items() if value is not None}
    budget = user_budget("context")
    check_values({name: value for name, value in given.items() if name not in _SHAPED}, "context", most=_MOST)
    user: dict[str, Any] = {
        name: attribute_text(given[name], f"context.{name}") for name in sorted(_FIELDS & given.keys())
    }
    if TARGETING_KEY in given:
        user["user_id"] = attribute_text(given[TARGETING_KEY], f"context.{TARGETING_KEY}")
    if properties := _properties(given, budget):
        user["user_properties"] = properties
    if "cohort_ids" in given:
        user["cohort_ids"] = read_cohort_ids(given["cohort_ids"], "context.cohort_ids", budget)
    context: dict[str, Any] = {"user": {}, **engine_context(user)}
    if "groups" in given:
        context["groups"] = read_groups(given["groups"], "context.groups", budget)
    return context


def _properties(given: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    named = an_object(given.get("user_properties", {}), "context.user_properties")
    plain = {name: value for name, value in given.items() if name not in _FIELDS and name not in _NOT_PROPERTIES}
    properties = {**named, **plain}
    check_values(properties, "context.user_properties" if named else "context", whole=budget)
    return properties


_NOT_PROPERTIES = frozenset((*_SHAPED, TARGETING_KEY))
_NAMED = _FIELDS | {TARGETING_KEY}
_SHORT_NAME, _SHORT_TEXT = KEY_BYTES // 4, TEXT_BYTES // 4
"""Characters that are not more bytes than names and texts may have, whatever they are."""
