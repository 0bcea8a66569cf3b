"""Nulls: a field without a value is refused by the API server, and a null in a payload gets lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.path import FieldPath

PAYLOADS = frozenset({"payload", "offPayload"})
"""Fields below which everything is the user's own JSON."""


def nulls(spec: object) -> Iterator[Finding]:
    """Yield a finding for every null in `spec`; what stands inside payloads is left to payload.py."""
    waiting: list[tuple[FieldPath, object]] = [(("spec",), spec)]
    while waiting:
        path, value = waiting.pop()
        if value is None:
            yield Finding(path, "NullValue", "has no value; write one, or leave the field out")
        elif isinstance(value, dict):
            waiting += [((*path, key), part) for key, part in value.items() if part is None or _may_hold(key, part)]
        elif isinstance(value, list):
            waiting += [
                ((*path, index), part) for index, part in enumerate(value) if part is None or _may_hold("", part)
            ]


def _may_hold(key: object, value: object) -> bool:
    return isinstance(value, (dict, list)) and key not in PAYLOADS
