"""Variant: what a user gets of one flag, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.engine.split import Split

ROLLOUT_ARM = "rollout_arm"
"""Names, in the metadata of an answer, the arm of the run that its user is in."""
MISSING = "missingBucketingKey"
"""Names, in the metadata of an answer, the attribute that the flag is bucketed by and the user lacks."""


class Reason(StrEnum):
    """Why a user gets a variant. Names as in ``flagd.v1.Reason``."""

    STATIC = "STATIC"
    SPLIT = "SPLIT"
    TARGETING_MATCH = "TARGETING_MATCH"
    DEFAULT = "DEFAULT"
    DISABLED = "DISABLED"
    TESTER = "TESTER"
    STICKY = "STICKY"
    PREREQUISITE = "PREREQUISITE"
    ERROR = "ERROR"


class Arm(StrEnum):
    """Which side of a comparison a user is on while a run lasts."""

    TREATED = "treated"
    CONTROL = "control"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Variant:
    """One outcome of a flag. Made once per revision and shared by all answers: compare by identity, never change.

    Attributes:
        key: key of the variant.
        value: any JSON, text from our compiler; None where it has none.
        payload: any JSON; None where it has none.
        metadata: of the flag, the segment and the variant, the latter winning.
        reason: why.
        segment: name of the segment that decided; empty where it has none.
        missing: attribute path of the value to be hashed, where the user has none; else empty.
        arm: of the run that lets users in by this segment; None without one, and for whom it compares with nobody.
        split: how the hash divides the users of the segment over arms and variants; None where there is no arm.
    """

    key: str
    value: Any
    payload: Any
    metadata: Mapping[str, Any]
    reason: Reason
    segment: str
    missing: str = ""
    arm: Arm | None = None
    split: Split | None = None

    def without(self, attribute: str) -> Variant:
        """Return the same outcome, for those who lack the `attribute` that is to be hashed."""
        return Variant(
            self.key,
            self.value,
            self.payload,
            self.metadata,
            self.reason,
            self.segment,
            attribute,
            self.arm,
            self.split,
        )

    @property
    def told(self) -> Mapping[str, Any]:
        """What callers are told as metadata."""
        more = {MISSING: self.missing} if self.missing else {}
        if self.arm is not None:
            more[ROLLOUT_ARM] = str(self.arm)
        return {**self.metadata, **more} if more else self.metadata

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON that Amplitude's engines answer with."""
        return {"key": self.key, "value": self.value, "payload": self.payload, "metadata": dict(self.metadata)}
