"""Variant: what a caller gets of one flag. Never an exception: what went wrong stands in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flagd.engine.variant import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

P = TypeVar("P", covariant=True)


class ErrorCode(StrEnum):
    """Why a caller gets the default. Names as in OpenFeature."""

    PROVIDER_NOT_READY = "PROVIDER_NOT_READY"
    FLAG_NOT_FOUND = "FLAG_NOT_FOUND"
    INVALID_CONTEXT = "INVALID_CONTEXT"
    GENERAL = "GENERAL"


@dataclass(frozen=True)  # with slots, Variant[…](…) cannot be called
class Variant(Generic[P]):
    """One outcome of a flag. Shared by all who get it: never change what is in it.

    Attributes:
        key: key of the variant, or of the default.
        value: its value, text from our compiler; None where it has none.
        payload: its payload, any JSON; None where it has none.
        reason: why; ``ERROR`` with the default of a caller who could not be answered.
        segment: name of the segment that decided; empty where it has none.
        metadata: of the flag, the segment and the variant, the latter winning.
        error: what went wrong; None where nothing did.
        message: the same in a sentence; empty where nothing did.
    """

    key: str
    value: Any = None
    payload: P | None = None
    reason: Reason = Reason.DEFAULT
    segment: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    error: ErrorCode | None = None
    message: str = ""

    @property
    def told(self) -> Mapping[str, Any]:
        """The metadata, by the name that the engine has for it."""
        return self.metadata
