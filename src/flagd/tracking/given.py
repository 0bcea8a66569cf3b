"""Given: variants that a user got at one time. What events are made of, and what tells whether it is news."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.engine.variant import Reason
    from flagd.tracking.subject import Subject


class Outcome(Protocol):
    """A variant, the engine's or a client's."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON
        """Its value."""

    @property
    def reason(self) -> Reason:
        """Why."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Of the flag, the segment and the variant."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one user got.

    Attributes:
        subject: who.
        variants: by flag key.
        at: when, in milliseconds since 1970.
        project: whose flags they are; empty where that is not known.
        revision: of the ruleset that decided; empty where that is not known.
    """

    subject: Subject
    variants: Mapping[str, Outcome]
    at: int
    project: str = ""
    revision: str = ""

    @property
    def canonical(self) -> str:
        """The text that is equal for what is no news: ids, then flags and variants in order of the flags."""
        return f"{self.subject.ids} " + "".join(f"{key} {one.key} " for key, one in sorted(self.variants.items()))

    @property
    def day(self) -> int:
        """Days since 1970."""
        return self.at // 86_400_000
