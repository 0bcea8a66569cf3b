"""Retyping: an edit that gives callers another type than they ask for, by OpenFeature's account of a variant.

A variant without a payload is a boolean or a string; a payload makes it what that is. Callers who ask for the type it
had are refused, and use their own default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.compiler.findings import Findings
from flagd.value_type import BOOLEANS, VALUE_TYPE, is_float

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.ruleset.flag import EvaluationFlag, EvaluationVariant

_OFF = "off"
_NAMES = {bool: "a boolean", str: "a string", dict: "an object", list: "a list"}


def warnings_of_retyping(before: EvaluationFlag, after: EvaluationFlag, ref: ResourceRef) -> list[Diagnostic]:
    """Return a warning for every variant of `after` whose type nobody who asked `before` expects."""
    findings = Findings(ref)
    for key, (expected, found) in retyped(before, after).items():
        told = f"this edit makes {key!r} {found}, and callers ask for {expected}: they get a type mismatch"
        findings.warning("TypeChanges", f"{told} and use their own default", _path(key, after))
    return findings.diagnostics


def retyped(before: EvaluationFlag, after: EvaluationFlag) -> dict[str, tuple[str, str]]:
    """Return the type that callers expect and the one they get, of each variant of `after` where these differ."""
    old, new = dict(_types(before)), dict(_types(after))
    usual = sorted(set(old.values()))
    found = {}
    for key, kind in new.items():
        expected = [old[key]] if key in old else usual
        if expected and kind not in expected:
            found[key] = " or ".join(expected), kind
    return found


def _types(flag: EvaluationFlag) -> Iterator[tuple[str, str]]:
    metadata, variants = flag.get("metadata", {}), flag["variants"]
    fractions = is_float(metadata) or any(_is_fraction(each.get("payload")) for each in variants.values())
    for key, variant in variants.items():
        if key != _OFF or variant.get("payload") is not None:
            yield key, _type(variant, metadata, fractions)


def _type(variant: EvaluationVariant, metadata: Mapping[str, Any], fractions: bool) -> str:
    payload = variant.get("payload")
    if payload is None:
        is_boolean = metadata.get(VALUE_TYPE) != "String" and variant.get("value") in BOOLEANS
        return _NAMES[bool] if is_boolean else _NAMES[str]
    return _NAMES.get(type(payload), "a float" if fractions else "an integer")


def _is_fraction(payload: object) -> bool:
    return isinstance(payload, float) and not payload.is_integer()


def _path(key: str, flag: EvaluationFlag) -> str:
    if key == _OFF:
        return "spec.offPayload"
    index = [each for each in flag["variants"] if each != _OFF].index(key)
    return f"spec.variants[{index}]"
