"""User: whom a request asks about, as Amplitude's SDKs say it, checked against the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.api.user.cohort_ids import read_cohort_ids
from flagd.api.user.groups import read_groups
from flagd.api.user.values import check_values
from flagd.engine.context import alike
from flagd.rpc.budget import user_budget
from flagd.rpc.limits import ATTRIBUTES, check_count
from flagd.rpc.shape import an_object, attribute_text
from flagd.v1.evaluation_pb2 import User

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHAPED = ("user_properties", "cohort_ids", "groups", "group_properties", "group_cohort_ids")
_FIELDS = frozenset(User.DESCRIPTOR.fields_by_name) - {*_SHAPED}


def user_context(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return the engine's context of `user` (flag semantics, section 2). Nulls are as if absent.

    Fields of Amplitude's that no condition looks at are taken as they are. A user without an id is one: flags that need
    an id to decide are off, as at every door.

    Raises:
        InvalidArgument: something is too large, or of a shape that its name does not allow.
    """
    check_count(len(user), ATTRIBUTES + len(_SHAPED), "user")
    budget = user_budget("user")
    given = {name: value for name, value in user.items() if value is not None}
    others = {name: value for name, value in given.items() if name not in _SHAPED}
    check_values(others, "user", whole=budget)
    fields: dict[str, Any] = {
        name: attribute_text(value, f"user.{name}") if name in _FIELDS else alike(value)
        for name, value in others.items()
    }
    if "user_properties" in given:
        properties = an_object(given["user_properties"], "user.user_properties")
        check_values(properties, "user.user_properties", whole=budget)
        fields["user_properties"] = alike(properties)
    if "cohort_ids" in given:
        fields["cohort_ids"] = read_cohort_ids(given["cohort_ids"], "user.cohort_ids", budget)
    context: dict[str, Any] = {"user": fields} if fields else {}
    if "groups" in given:
        beside = (an_object(given.get(name, {}), f"user.{name}") for name in ("group_properties", "group_cohort_ids"))
        context["groups"] = read_groups(given["groups"], "user.groups", budget, *beside)
    return context
