"""Damage: manifests as hands, tools and disks spoil them; the same for the same seed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("*.yaml"))
WORDS = (
    "null",
    "~",
    "[]",
    "{}",
    '""',
    "''",
    "[[[[]]]]",
    "{a: {b: {c: }}}",
    "- -",
    "?",
    ":",
    "|",
    ">",
    "%",
    "@x",
    "`",
    "*a",
    "&a",
    "<<: *a",
    "&a [*a]",
    "!!python/object:os.system x",
    "!!binary ////",
    "!!float x",
    "!!int 1e3",
    "!!set {a}",
    "!x y",
    *("1e999", "-1e999", ".nan", ".inf", "1" * 5000, "0x" + "f" * 5000, "0o17", "1_000", "60:30:30", "-0.0", "1e-400"),
    *("2001-02-30", "2001-02-03T04:05:06Z", "9999-99-99", "yes", "On", "TRUE", "y", "=", "---", "...", "#", "\t", "\r"),
    '"\\ud800"',
    '"\\uD800\\uDC00"',
    '"\\x00"',
    "\u202e",
    "\ufeff",
    "\u2028",
    "é" * 3000,
    "x" * 100_000,
    "日本",
    "\x7f",
    "\x85",
    "{" * 2000,
    "[" * 2000,
    "- " * 2000,
    "a: " * 500,
    "(" * 500,
    "[a-z]{1000}{1000}",
    "(?P<",
    "\\",
    "$(x)",
    "{{ .Values.x }}",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**30,
    -(10**400),
    1e308,
    float("inf"),
    float("nan"),
    "",
    " ",
    "null",
    "0",
    "\x00",
    "\ud800",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": None},
    {"a": {"b": {"c": [1]}}},
    "x" * 10_000,
    list(range(2000)),
    "💥",
    "a\nb",
    "../..",
    "-",
)


def damaged(seed: int) -> Iterator[bytes]:
    """Yield damaged manifests without end."""
    rng = random.Random(seed)
    originals = [path.read_bytes() for path in EXAMPLES]
    while True:
        data = rng.choice(originals)
        for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
            data = rng.choice(WAYS)(rng, data)
        yield data


def _flip(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[rng.randint(start, len(data)) :] if rng.random() < 0.5 else data[:start]


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = b" " * rng.randrange(9) + lines[at].lstrip()
        case _:
            lines[at:at] = lines[other:] * rng.choice((1, 50))
    return b"\n".join(lines)


def _word(rng: random.Random, data: bytes) -> bytes:
    word = rng.choice(WORDS).encode("utf-8", "surrogatepass")
    words = data.split(b" ")
    words[rng.randrange(len(words))] = word
    return b" ".join(words)


def _value(rng: random.Random, data: bytes) -> bytes:
    """Put something else in the place of one value, and write it as JSON."""
    try:
        documents = list(yaml.safe_load_all(data.decode()))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return _flip(rng, data)
    places = list(_places(documents))
    if not places:
        return data
    parent, key = rng.choice(places)
    if rng.random() < 0.2 and isinstance(parent, dict):
        parent[rng.choice(("", "spec", "metadata", "name", "__class__", "💥", "x" * 500, "key\n"))] = parent.pop(key)
    else:
        parent[key] = rng.choice(VALUES)
    try:
        return b"\n---\n".join(json.dumps(each, default=str).encode() for each in documents)
    except (ValueError, TypeError, RecursionError):
        return data


def _places(node: object, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    if depth > 50 or not isinstance(node, list | dict):
        return
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        yield from _places(value, depth + 1)


WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _cut, _lines, _word, _word, _value, _value, _value)
