"""Context: an OpenFeature evaluation context as the engine's, checked against the limits on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.user.cohort_ids import read_cohort_ids
from flagd.api.user.groups import read_groups
from flagd.api.user.values import check_values
from flagd.engine.context import evaluation_context as engine_context
from flagd.rpc.budget import user_budget
from flagd.rpc.limits import ATTRIBUTES, check_count
from flagd.rpc.plain import as_double
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
    exact: dict[str, Any] = as_double(properties)
    return exact


_NOT_PROPERTIES = frozenset((*_SHAPED, TARGETING_KEY))
