"""Subject: whom an event is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOBODY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Subject:
    """What events tell of a user: ids and groups, and no property.

    Attributes:
        user_id: None = there is none.
        device_id: None = there is none.
        groups: names by group type.
    """

    user_id: str | None
    device_id: str | None
    groups: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Subject:
        """Return whom an evaluation context describes."""
        user = context.get("user", _NOBODY)
        named = {kind: group.get("group_name") for kind, group in context.get("groups", _NOBODY).items()}
        groups = {kind: [name] for kind, name in named.items() if isinstance(name, str)}
        return cls(_text(user.get("user_id")), _text(user.get("device_id")), groups)

    @property
    def ids(self) -> str:
        """User id and device id as canonical forms begin with them: trimmed, ``None`` where there is none."""
        return f"{trimmed(self.user_id)} {trimmed(self.device_id)}"


def trimmed(given: object) -> str:
    """Return an id as canonical forms have it."""
    return given.strip() if isinstance(given, str) else str(given)


def _text(given: object) -> str | None:
    return given if given is None or isinstance(given, str) else str(given)
