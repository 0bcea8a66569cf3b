"""Context: an OpenFeature evaluation context as the engine's, checked against the limits on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.context import evaluation_context as engine_context
from flagd.rpc.limits import ATTRIBUTES, GROUPS, KEY_BYTES, check_cohort_ids, check_count, check_text, check_values
from flagd.rpc.status import InvalidArgument
from flagd.v1.evaluation_pb2 import User

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGETING_KEY = "targetingKey"
_SHAPED = ("user_properties", "cohort_ids", "groups")
_FIELDS = frozenset(User.DESCRIPTOR.fields_by_name) - {*_SHAPED}


def evaluation_context(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the engine's context of OpenFeature's: a JSON object, or a Struct read as one.

    ``targetingKey`` is the user's id; ``country`` and the other fields of a User are taken by name, so are
    ``groups``, ``cohort_ids`` and ``user_properties``; all else are user properties. Nulls are as if absent.

    Raises:
        InvalidArgument: something is too large, or of a shape that its name does not allow.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    check_values(given, "context")
    user = {name: given[name] for name in _FIELDS & given.keys()}
    if TARGETING_KEY in given:
        user["user_id"] = _shaped(given, TARGETING_KEY, str, "text")
    if properties := _properties(given):
        user["user_properties"] = properties
    if "cohort_ids" in given:
        user["cohort_ids"] = _cohort_ids(given, "context.cohort_ids")
    if "groups" in given:
        user["groups"] = _groups(_shaped(given, "groups", dict, "an object"))
    return {"user": {}, **engine_context(user)}


def _properties(given: Mapping[str, Any]) -> dict[str, Any]:
    named = _shaped(given, "user_properties", dict, "an object") if "user_properties" in given else {}
    plain = {name: value for name, value in given.items() if name not in _FIELDS and name not in _NOT_PROPERTIES}
    properties = {**named, **plain}
    check_count(len(properties), ATTRIBUTES, "context.user_properties")
    return properties


def _cohort_ids(given: Mapping[str, Any], what: str) -> list[str]:
    ids = given["cohort_ids"]
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise InvalidArgument(f"{what}: a list of texts is needed")
    check_cohort_ids(ids, what)
    return ids


def _groups(groups: dict[str, Any]) -> dict[str, Any]:
    check_count(len(groups), GROUPS, "context.groups")
    for kind, group in groups.items():
        check_text(kind, "context.groups", KEY_BYTES)
        if isinstance(group, dict):
            _check_group({name: value for name, value in group.items() if value is not None})
        elif not isinstance(group, list):
            raise InvalidArgument(
                "context.groups: each group is an object with name, properties and cohort_ids, or a list of names"
            )
    return groups


def _check_group(group: Mapping[str, Any]) -> None:
    if "properties" in group:
        properties = _shaped(group, "properties", dict, "an object", "context.groups")
        check_count(len(properties), ATTRIBUTES, "context.groups.properties")
    if "cohort_ids" in group:
        _cohort_ids(group, "context.groups.cohort_ids")


def _shaped(given: Mapping[str, Any], name: str, kind: type, wanted: str, where: str = "context") -> Any:  # noqa: ANN401
    value = given[name]
    if not isinstance(value, kind):
        raise InvalidArgument(f"{where}.{name}: {wanted} is needed")
    return value


_NOT_PROPERTIES = frozenset((*_SHAPED, TARGETING_KEY))
