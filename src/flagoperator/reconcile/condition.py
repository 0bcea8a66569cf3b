"""Condition: one line of a status, shaped like those of Kubernetes itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Truth = Literal["True", "False", "Unknown"]
LONGEST_MESSAGE = 4096
"""Characters of a message that are written; the rest is cut."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What holds of a resource.

    Attributes:
        type: ``Ready``, ``Published``, ``Reconciling``, ``Stalled`` or ``RolledOut``.
        status: ``True``, ``False`` or ``Unknown``.
        reason: one CamelCase word, stable.
        message: for people.
    """

    type: str
    status: Truth
    reason: str
    message: str = ""

    def written(self, before: Mapping[str, Any] | None, generation: int, now: str) -> dict[str, Any]:
        """Return it as the API has it; `now` is RFC 3339, taken where the status differs from that in `before`."""
        same = before is not None and before.get("status") == self.status
        return {
            "type": self.type,
            "status": self.status,
            "reason": self.reason,
            "message": self.message[:LONGEST_MESSAGE],
            "observedGeneration": generation,
            "lastTransitionTime": before["lastTransitionTime"] if same and before is not None else now,
        }


def condition_of(status: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return the condition `name` of a status as the API has it."""
    found: Iterable[Mapping[str, Any]] = status.get("conditions") or ()
    return next((each for each in found if each.get("type") == name), None)
