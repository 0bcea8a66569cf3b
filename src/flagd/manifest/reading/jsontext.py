"""JSON manifests: kubectl reads a stream that begins with a brace as JSON, which is not quite a subset of YAML."""

from __future__ import annotations

import json
from typing import Any

from flagd.manifest.finding import Finding
from flagd.manifest.reading.content import Content


class _DuplicateKeyError(ValueError):
    pass


def read_json(text: str) -> Content | None:
    """Return what `text` says if all of it is one JSON object; None if it is not."""
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_number)
        if "\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Content(findings=[Finding((), "InvalidJson", "a \\u escape is half of a surrogate pair")])
    except (ValueError, RecursionError):
        return None
    return Content(data)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKeyError
    return found


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1 << 63 else number
