"""Plain: JSON as plain values, read within limits, whoever sends it, and written."""

from __future__ import annotations

import json
from typing import Any

import orjson

from flagd.rpc.status import InvalidArgument

PARTS = 150_000
"""Most values, names and brackets in a body of JSON: large batches have fewer, and reading them takes 10 ms."""


def read_json(text: bytes, what: str) -> Any:  # noqa: ANN401
    """Return the values in `text`. Of a name that is there twice the latter counts, as in JavaScript.

    Raises:
        InvalidArgument: no JSON in UTF-8, numbers beyond a double, nested deeper than 1,000 levels, or too many values;
            the text begins with `what`.
    """
    if _parts(text) > PARTS and _parts(_without_texts(text, what)) > PARTS:
        raise InvalidArgument(f"{what}: more than {PARTS} values and names")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidArgument(f"{what}: not valid JSON (line {error.lineno}, column {error.colno})") from None


def write_json(value: object) -> bytes:
    """Return `value` as JSON in which 0.0 stays a float: Python's provider distinguishes them from integers."""
    try:
        return orjson.dumps(value)
    except TypeError:  # integers beyond 64 bits, halves of surrogate pairs
        return json.dumps(value).encode()


def _parts(text: bytes) -> int:
    return sum(map(text.count, (b",", b":", b"[", b"{")))


def _without_texts(text: bytes, what: str) -> bytes:
    if text.count(b'"') > 4 * PARTS:
        raise InvalidArgument(f"{what}: more than {PARTS} values and names")
    return b"".join(text.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
