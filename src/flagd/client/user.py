"""User: about whom a flag is asked. Made once per request, and asked with as often as needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from flagd.client.fault import fault
from flagd.condition.text import text
from flagd.engine.context import evaluation_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.tracking.news import Recent

FIELDS = frozenset(
    {"user_id", "device_id", "country", "region", "city", "dma", "language", "platform", "version", "os"}
    | {"device_manufacturer", "device_brand", "device_model", "carrier", "library", "ip_address"}
)
"""What has a name of its own; everything else is a property."""
_SHAPED = {"user_properties", "cohort_ids", "groups"}


class InvalidUserError(TypeError):
    """This does not describe a user; the text says what would."""


class User:
    """A user as flags see one.

    Attributes:
        context: the same as the engine reads it. Never changed; a user with a `fault` has none.
        fault: what is wrong with the types of what was said; a client answers such a user with the caller's default.
        recent: exposures that have just been told; only of use to the process that told them, so no copy has it.
    """

    __slots__ = ("context", "fault", "recent")

    def __init__(
        self,
        user_id: str | None = None,
        *,
        properties: Mapping[str, Any] | None = None,
        groups: Mapping[str, Any] | None = None,
        cohort_ids: Sequence[str] = (),
        **fields: str,
    ) -> None:
        """Describe a user.

        Args:
            user_id: what most flags are bucketed by.
            properties: anything else that is known: ``{"plan": "pro"}``.
            groups: by group type: ``{"company": {"name": "acme", "properties": {…}, "cohort_ids": […]}}``, or just the
                name: ``{"company": "acme"}``.
            cohort_ids: cohorts that the user is in, beside those whose members flagd knows.
            fields: ``device_id``, ``country``, ``language``, ``platform``, ``version`` and the others of `FIELDS`.

        Raises:
            InvalidUserError: a field is not one of those.
        """
        if unknown := fields.keys() - FIELDS:
            raise InvalidUserError(f"not a field of a user: {', '.join(sorted(unknown))}; say properties={{…}}")
        user: dict[str, Any] = dict(fields)
        if user_id is not None:
            user["user_id"] = user_id
        if properties:
            user["user_properties"] = properties
        if cohort_ids:
            user["cohort_ids"] = cohort_ids
        if groups:
            user["groups"] = groups
        self._describe(user)

    @classmethod
    def of(cls, fields: User | Mapping[str, Any]) -> User:
        """Return the user that a mapping describes, shaped as ``flagctl eval --user`` takes it; a User is one already.

        Raises:
            InvalidUserError: it is not a mapping, or has a field that no user has.
        """
        if isinstance(fields, User):
            return fields
        if not isinstance(fields, Mapping):
            raise InvalidUserError(f"a user is a User or a mapping, not {type(fields).__name__}")
        if unknown := fields.keys() - FIELDS - _SHAPED:
            raise InvalidUserError(f"not a field of a user: {', '.join(sorted(unknown))}; put it into user_properties")
        made = cls.__new__(cls)
        made._describe(dict(fields))
        return made

    def _describe(self, user: dict[str, Any]) -> None:
        self.recent: Recent = {}
        self.fault = fault(user)
        if self.fault:
            return
        self.context = evaluation_context({name: _plain(name, value) for name, value in user.items()})

    def __getstate__(self) -> tuple[object, dict[str, Any]]:
        attributes, slots = cast("tuple[object, dict[str, Any]]", super().__getstate__())
        return attributes, {**slots, "recent": {}}

    def __repr__(self) -> str:
        return "User(…)"  # who it is belongs in no log


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401
    """Return the value of a field, in which nothing is wrong, as the engine takes it."""
    if value is None or value.__class__ is str:
        return value
    if name == "groups":
        return {kind: _group(group) for kind, group in value.items()}
    if name == "cohort_ids":
        return list(value)
    return dict(value) if name == "user_properties" else text(value)


def _group(group: Any) -> Any:  # noqa: ANN401
    if isinstance(group, Mapping):
        return {**group, "name": text(group.get("name"))}
    names = group if isinstance(group, list | tuple) else [group]
    return [text(name) for name in names]
