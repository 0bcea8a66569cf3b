"""Rules for the type of a flag's values.

Payloads have no type in the CRD, so that CEL cannot see them: lint says it, and the operator in the status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.shown import shown
from flagd.value_type import BOOLEANS, fits_float, fits_integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.kinds.flag import FlagSpec, Variant
    from flagd.manifest.path import FieldPath

_WANTED = {
    "Boolean": "true or false",
    "String": "a string",
    "Integer": "a whole number within ±(2^53 - 1)",
    "Float": "a number",
    "JSON": "a mapping or a list",
}


def check_value_type(spec: FlagSpec) -> Iterator[Finding]:
    """Yield an error for every variant whose value is not of the type that the flag declares."""
    declared = spec.value_type
    if declared is None:
        return
    for index, variant in enumerate(spec.variants):
        path: FieldPath = ("spec", "variants", index)
        if variant.payload is None:
            yield from _value(variant, declared, path)
        else:
            yield from _payload(variant.payload, declared, (*path, "payload"))
    if spec.off_payload is not None:
        yield from _payload(spec.off_payload, declared, ("spec", "offPayload"))


def _payload(payload: object, declared: str, path: FieldPath) -> Iterator[Finding]:
    if not _is(payload, declared):
        yield _mismatch(path, f"{_kind(payload)}, and valueType is {declared}; write {_WANTED[declared]}")


def _value(variant: Variant, declared: str, path: FieldPath) -> Iterator[Finding]:
    """Yield an error unless the value, which is text, can stand for the type."""
    text = variant.key if variant.value is None else variant.value
    if declared == "String" or (declared == "Boolean" and text in BOOLEANS):
        return
    at = path if variant.value is None else (*path, "value")
    booleans = ", or the value on, true, off or false" if declared == "Boolean" else ""
    what = f"has no payload, so that its value is the string {shown(text)}, and valueType is {declared}"
    yield Finding(at, "WrongValueType", f"{what}; give it a payload: {_WANTED[declared]}{booleans}")


def _mismatch(path: FieldPath, text: str) -> Finding:
    return Finding(path, "WrongValueType", f"is {text}")


def _is(payload: object, declared: str) -> bool:
    match payload:
        case bool():
            return declared == "Boolean"
        case str():
            return declared == "String"
        case int() | float():
            return (declared == "Float" and fits_float(payload)) or (declared == "Integer" and fits_integer(payload))
    return declared == "JSON" and isinstance(payload, dict | list)


def _kind(payload: object) -> str:
    match payload:
        case bool():
            return f"the boolean {str(payload).lower()}"
        case str():
            return f"the string {shown(payload)}"
        case int() | float():
            return f"the number {shown(payload)}"
    return "a list" if isinstance(payload, list) else "a mapping"
