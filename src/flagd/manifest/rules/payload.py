"""Payloads: any JSON but null, and what happens to some of it on the way to the API server."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from flagd.manifest.finding import Finding, warning
from flagd.manifest.shown import shown
from flagd.weight import in_mebibytes, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flagd.manifest.path import FieldPath

EXACT = 1 << 53
"""Integers beyond this are rounded by clients that read JSON numbers as doubles."""

MAX_DEPTH = 100
"""Levels of nesting in a manifest."""

MAX_MESSAGES = 96
"""How deep protobuf's messages may lie in each other within a payload: parsers take 100, and answers are around it."""
_MESSAGES: dict[type, int] = {dict: 3, list: 2}
"""A Value and a Struct and its entry; a Value and a ListValue."""

MAX_PAYLOAD_BYTES = 1024 * 1024
"""What all payloads of a flag may take; etcd takes no object above 1.5 MiB."""


def check_payload(payload: object, path: FieldPath) -> Iterator[Finding]:
    """Yield a finding for the first thing of each sort that `payload`, found at `path`, cannot carry safely."""
    null = large = False
    waiting: list[tuple[FieldPath, object, int]] = [(path, payload, 0)]
    while waiting:
        at, value, depth = waiting.pop()
        depth += _MESSAGES.get(type(value), 0)
        if depth > MAX_MESSAGES:
            text = (
                f"is nested too deeply for an answer, which has room for {MAX_MESSAGES // 2} lists or "
                f"{MAX_MESSAGES // 3} mappings inside each other"
            )
            yield Finding(path, "TooDeep", text)
            return
        if not _is_json(value):
            text = f"{shown(value)} is not JSON, which has text in Unicode, finite numbers, true and false"
            yield Finding(path, "InvalidPayload", text)
            return
        if isinstance(value, dict):
            waiting += [((*at, key), part, depth) for key, part in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*at, index), part, depth) for index, part in reversed(list(enumerate(value)))]
        elif value is None and at != path and not null:
            null = True
            yield warning(
                at, "NullMember", "is null: client-side `kubectl apply` drops such members; use --server-side"
            )
        elif type(value) in (int, float) and abs(value) > EXACT and not large:  # type: ignore[arg-type]
            large = True
            yield warning(
                at, "LargeInteger", f"`{value}` is beyond 2^53 and is rounded on the way; write it as a string"
            )


def _is_json(value: object) -> bool:
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, dict):
        return _has_names(value)
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, int | list)


def _has_names(value: dict[Any, object]) -> bool:
    try:
        return _is_text("".join(value))
    except TypeError:
        return False


def _is_text(text: str) -> bool:
    """Return whether there is no half of a surrogate pair in `text`, which has no form in UTF-8."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def check_sizes(payloads: Iterable[tuple[FieldPath, object]]) -> Iterator[Finding]:
    """Yield an error for the first of `payloads`, all of one flag, with which they take too much."""
    total = 0
    for path, payload in payloads:
        size = 0 if payload is None else weight(payload, MAX_PAYLOAD_BYTES)
        total += size
        if total > MAX_PAYLOAD_BYTES:
            what = "takes" if total == size else "and those before it take"
            text = f"{what} more than {in_mebibytes(MAX_PAYLOAD_BYTES)} in an answer; shorten it, or name where it is"
            yield Finding(path, "LimitExceeded", text)
            return
