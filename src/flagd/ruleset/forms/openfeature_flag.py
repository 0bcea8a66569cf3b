"""OpenFeatureFlag: a flag in OpenFeature's manifest, from which its command line makes accessors in many languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.value_type import BOOLEANS, VALUE_TYPE, fits_integer, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.ruleset.flag import EvaluationFlag

OFF = "off"
SCHEMA = "https://raw.githubusercontent.com/open-feature/cli/main/schema/v0/flag-manifest.json"
_DECLARED = {"Boolean": "boolean", "String": "string", "Integer": "integer", "Float": "float", "JSON": "object"}
_EMPTY: dict[str, Any] = {"boolean": False, "string": OFF, "integer": 0, "float": 0.0, "object": {}}


def openfeature_manifest(
    flags: Mapping[str, EvaluationFlag], descriptions: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the manifest (v0) of `flags`; `descriptions` are by flag key."""
    told = descriptions or {}
    return {"$schema": SCHEMA, "flags": {key: _entry(flags[key], told.get(key)) for key in sorted(flags)}}


def _entry(flag: EvaluationFlag, description: str | None) -> dict[str, Any]:
    kind = flag_type(flag)
    off: Mapping[str, Any] = flag.get("variants", {}).get(OFF, {})
    default = typed(off.get("payload"), {VALUE_TYPE: "Float"} if kind == "float" else {})
    is_one = default is not None and _kind(default) == kind
    entry = {"flagType": kind, "defaultValue": default if is_one else _EMPTY[kind]}
    return entry | ({"description": description} if description else {})


def flag_type(flag: EvaluationFlag) -> str:
    """Return what callers ask for: what the flag says that its values are, or else what all of its variants have."""
    declared = _DECLARED.get(str(flag.get("metadata", {}).get(VALUE_TYPE)))
    if declared:
        return declared
    variants = {key: one for key, one in flag.get("variants", {}).items() if key != OFF}
    payloads = [one["payload"] for one in variants.values() if one.get("payload") is not None]
    if payloads:
        return _common(_kind(payload) for payload in payloads)
    values = {one.get("value", key) for key, one in variants.items()}
    return "boolean" if values <= BOOLEANS.keys() else "string"


def _common(kinds: Iterable[str]) -> str:
    found = set(kinds)
    if found == {"integer", "float"}:
        return "float"
    return found.pop() if len(found) == 1 else "object"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) and fits_integer(value) else "float"
    return "string" if isinstance(value, str) else "object"
