"""Resolution: what a variant is worth to a caller who asks for a type.

The value is the variant's payload where there is one, else the text of its value. Numbers are passed on
without loss or not at all. "off" without a payload of its own is the caller's own default.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from flagd.engine.variant import Reason
from flagd.rpc.status import InvalidArgument, RpcError
from flagd.value_type import BOOLEANS, LARGEST_INTEGER, VALUE_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAG_SET_ID = "flagSetId"
_OFF = "off"
_REASONS = {
    Reason.TESTER: Reason.TARGETING_MATCH,
    Reason.STICKY: Reason.TARGETING_MATCH,
    Reason.PREREQUISITE: Reason.DEFAULT,
}


class Type(StrEnum):
    """What a caller asks for. `ANY` takes the value as it is, on and true, off and false being booleans."""

    BOOLEAN = "a boolean"
    STRING = "text"
    INTEGER = "an integer within ±(2^53 - 1)"
    FLOAT = "a double (exact up to ±2^53)"
    OBJECT = "an object"
    ANY = "anything"


class TypeMismatch(InvalidArgument):
    """The flag has no value of the type that was asked for."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What OpenFeature says of a flag.

    Attributes:
        value: of the type asked for; None = the caller's own default.
        reason: a reason that OpenFeature knows. STATIC is never said of the caller's own default.
        variant: key of the variant; None with the caller's own default.
        metadata: texts, numbers and booleans of the flag, the segment and the variant, and ``flagSetId``.
    """

    value: Any
    reason: str
    variant: str | None
    metadata: Mapping[str, Any]


class Answer(Protocol):
    """What is resolved: a Variant of the engine, or what a client got."""

    @property
    def key(self) -> str:
        """Key of the variant."""

    @property
    def value(self) -> Any:  # noqa: ANN401
        """Any JSON; None where it has none."""

    @property
    def payload(self) -> Any:  # noqa: ANN401
        """Any JSON; None where it has none."""

    @property
    def reason(self) -> Reason:
        """Why."""

    @property
    def told(self) -> Mapping[str, Any]:
        """The metadata that callers get."""


def resolve(variant: Answer | None, wanted: Type, project: str) -> Resolution:
    """Return what `variant` is worth as `wanted`; None, where no segment decided, is the caller's own default.

    Raises:
        TypeMismatch: it has no value of this type.
        RpcError: the engine could not evaluate the flag.
    """
    metadata = _metadata(variant, project)
    if variant is None:
        return Resolution(None, Reason.DEFAULT, None, metadata)
    if variant.reason is Reason.ERROR:
        raise RpcError("the flag cannot be evaluated")
    value = variant.value if variant.payload is None else variant.payload
    if value is None or (variant.key == _OFF and variant.payload is None):
        reason = Reason.DISABLED if variant.reason is Reason.DISABLED else Reason.DEFAULT
        return Resolution(None, reason, None, metadata)
    told_reason = openfeature_reason(variant.reason)
    if variant.payload is None:
        value = _spelled(value, metadata.get(VALUE_TYPE), wanted)
    return Resolution(_typed(value, wanted), told_reason, variant.key, metadata)


def openfeature_reason(reason: Reason) -> str:
    """Return the reason that OpenFeature knows for one of ours."""
    return str(_REASONS.get(reason, reason))


def _metadata(variant: Answer | None, project: str) -> dict[str, Any]:
    given = variant.told if variant else {}
    scalars = {name: value for name, value in given.items() if isinstance(value, str | bool | int | float)}
    return {**scalars, FLAG_SET_ID: project}


def _spelled(value: Any, declared: object, wanted: Type) -> Any:  # noqa: ANN401
    """Return the boolean that a text stands for, where one is meant: by the flag, else by who asks."""
    is_boolean = declared == "Boolean" or (declared != "String" and wanted in (Type.BOOLEAN, Type.ANY))
    return BOOLEANS.get(value, value) if is_boolean and isinstance(value, str) else value


def _typed(value: Any, wanted: Type) -> Any:  # noqa: ANN401
    match wanted, value:
        case Type.ANY, _:
            return value
        case (Type.BOOLEAN, bool()) | (Type.STRING, str()) | (Type.OBJECT, dict()):
            return value
        case (Type.INTEGER | Type.FLOAT, int() | float()) if not isinstance(value, bool):
            return _number(value, wanted)
    raise _mismatch(value, wanted)


def _number(value: float, wanted: Type) -> float:
    try:
        number = int(value) if wanted is Type.INTEGER else float(value)
    except (OverflowError, ValueError):
        raise _mismatch(value, wanted) from None
    if number != value or (wanted is Type.INTEGER and abs(number) > LARGEST_INTEGER):
        raise _mismatch(value, wanted)
    return number


def _mismatch(value: object, wanted: Type) -> TypeMismatch:
    return TypeMismatch(f"type mismatch: the flag's value is {_kind(value)}, not {wanted}")


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    for kind, name in ((bool, Type.BOOLEAN), (str, Type.STRING), (dict, Type.OBJECT)):
        if isinstance(value, kind):
            return name
    return "a number"
