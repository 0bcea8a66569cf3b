"""Nulls: a field without a value counts as absent, as the API server has it, and is worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flagd.manifest.path import FieldPath

PAYLOADS = frozenset({"payload", "offPayload"})
"""Fields below which everything is the user's own JSON."""

_DEEPEST = 20


def nulls(spec: object) -> Iterator[Finding]:
    """Yield a finding for every null field in `spec`; what stands inside payloads is left to payload.py."""
    if not _any_null(spec):
        return
    waiting: list[tuple[FieldPath, object]] = [(("spec",), spec)]
    while waiting:
        path, value = waiting.pop()
        for key, part in _parts(value):
            if part is None and isinstance(key, str):
                yield _finding((*path, key), key)
            elif isinstance(part, (dict, list)) and key not in PAYLOADS:
                waiting.append(((*path, key), part))


def without_nulls(value: object, depth: int = _DEEPEST) -> object:
    """Return `value` without its null fields; payloads stay as they are, and so does what no model reaches."""
    if depth and isinstance(value, dict):
        kept = ((key, part) for key, part in value.items() if part is not None)
        return {key: part if key in PAYLOADS else without_nulls(part, depth - 1) for key, part in kept}
    if depth and isinstance(value, list):
        return [without_nulls(part, depth - 1) for part in value]
    return value


def _any_null(spec: object) -> bool:
    """Tell quickly, without paths: nearly no manifest has a null."""
    waiting = [spec]
    while waiting:
        value = waiting.pop()
        parts: Iterable[object]
        if isinstance(value, dict):
            parts = value.values()
        elif isinstance(value, list):
            parts = value
        else:
            continue
        for part in parts:
            if part is None:
                return True
            if type(part) is dict or type(part) is list:
                waiting.append(part)
    return False


def _parts(value: object) -> list[tuple[str | int, object]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _finding(path: FieldPath, key: str) -> Finding:
    if key in PAYLOADS:
        return Finding(path, "NullValue", "takes any JSON but null; write a value, or leave the field out")
    return warning(path, "NullValue", "has no value and counts as absent; write one, or leave the field out")
