"""Payloads: any JSON but null, and what happens to some of it on the way to the API server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.path import FieldPath

EXACT = 1 << 53
"""Integers beyond this are rounded by clients that read JSON numbers as doubles."""

MAX_DEPTH = 100
"""Levels of nesting in a manifest."""


def check_payload(payload: object, path: FieldPath) -> Iterator[Finding]:
    """Yield a finding for the first thing of each sort that `payload`, found at `path`, cannot carry safely."""
    null = large = False
    waiting: list[tuple[FieldPath, object]] = [(path, payload)]
    while waiting:
        at, value = waiting.pop()
        if len(at) > MAX_DEPTH:
            yield Finding(path, "TooDeep", f"is nested deeper than {MAX_DEPTH} levels")
            return
        if isinstance(value, dict):
            waiting += [((*at, key), part) for key, part in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*at, index), part) for index, part in reversed(list(enumerate(value)))]
        elif value is None and at != path and not null:
            null = True
            yield warning(
                at, "NullMember", "is null: client-side `kubectl apply` drops such members; use --server-side"
            )
        elif type(value) in (int, float) and abs(value) > EXACT and not large:  # type: ignore[arg-type]
            large = True
            yield warning(at, "LargeInteger", f"`{value}` is beyond 2^53 and gets rounded on the way; write it as text")
