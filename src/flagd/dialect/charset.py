"""Charset: the characters that one element of an RE2 pattern matches, and how to write them for both engines.

What an element matches is asked of RE2 itself, so that classes, Unicode properties and ignored case are what they are
there. JavaScript sees UTF-16 without the flag `u`: a character beyond U+FFFF is two of its characters.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import re2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Ranges = tuple[tuple[int, int], ...]
"""Code points, as ascending ranges with both ends; no surrogates among them."""

NOTHING = "(?!)"
ANY_PAIR = r"[\uD800-\uDBFF][\uDC00-\uDFFF]"
ONLY_PYTHON = r"(?=[^\u0000-\uFFFF])"
"""Holds before a character beyond U+FFFF where that is one character."""

_BMP_END, _END = 0xFFFF, 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)
_BEYOND = ((_BMP_END + 1, _END),)
_MEMORY_BYTES = 1 << 24
_PLAIN = frozenset("/._@:,;=!%'\"<># ")


@lru_cache(maxsize=4096)
def characters(element: str, flags: str) -> Ranges:
    """Return what `element` matches, such as ``[a-z]`` or ``\\pL``, under some of the flags ``i`` and ``s``."""
    source = f"(?{flags}){element}" if flags else element
    text = _every_character()
    spans = (match.span() for match in _compiled(f"(?:{source})+").finditer(text))
    return _joined((_first(text, start), _last(text, end)) for start, end in spans)


@lru_cache(maxsize=4096)
def spellings(character: str) -> Ranges:
    """Return the characters that differ from `character` in case only, itself included."""
    text = f"{_cased()}{character}".encode()
    found = {match[0].decode() for match in _compiled(f"(?i)\\x{{{ord(character):x}}}").finditer(text)}
    return _joined((ord(each), ord(each)) for each in sorted(found))


def written(ranges: Ranges) -> str:
    """Return a pattern that both engines read as one character of `ranges`."""
    if not ranges:
        return NOTHING
    if ranges[0][0] == ranges[-1][1]:
        return literal(chr(ranges[0][0]))
    low = tuple((start, min(end, _BMP_END)) for start, end in ranges if start <= _BMP_END)
    high = tuple((max(start, _BMP_END + 1), end) for start, end in ranges if end > _BMP_END)
    if not high:
        return f"[{_members(low)}]"
    if high == _BEYOND:
        return rf"(?:[^{_members(_without(low))}]|{ANY_PAIR})"
    one_by_one = [f"[{_members(low)}]"] if low else []
    return f"(?:{'|'.join([*one_by_one, ONLY_PYTHON + f'[{_members(high)}]', *_pairs(high)])})"


def literal(character: str) -> str:
    """Return a pattern that both engines read as `character`."""
    if character.isascii():
        plain = character.isalnum() or (character in _PLAIN and character != ".") or character in "-&~`"
        return character if plain else f"\\{character}" if character.isprintable() else _point(ord(character))
    return f"(?:{character})" if ord(character) > _BMP_END else _point(ord(character))


def _compiled(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY_BYTES
    return re2.compile(pattern.encode(), options)


@cache
def _every_character() -> bytes:
    start, end = _SURROGATES
    return "".join(map(chr, (*range(start), *range(end + 1, _END + 1)))).encode()


@cache
def _cased() -> str:
    """Return all characters that have a case, so that none need be looked for among all others."""
    every = _every_character().decode()
    return "".join(each for each in every if {each.lower(), each.upper(), each.casefold()} != {each})


def _first(text: bytes, start: int) -> int:
    return ord(text[start : start + 4].decode(errors="ignore")[0])


def _last(text: bytes, end: int) -> int:
    return ord(text[max(0, end - 4) : end].decode(errors="ignore")[-1])


def _joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    joined: list[tuple[int, int]] = []
    for start, end in ranges:
        if joined and joined[-1][1] + 1 == start:
            joined[-1] = joined[-1][0], end
        else:
            joined += _around_surrogates(start, end)
    return tuple(joined)


def _around_surrogates(start: int, end: int) -> Iterator[tuple[int, int]]:
    first, last = _SURROGATES
    if start < first and end > last:
        yield start, first - 1
        yield last + 1, end
    else:
        yield start, end


def _without(low: Ranges) -> Ranges:
    """Return the rest of the characters up to U+FFFF, surrogates included."""
    rest: list[tuple[int, int]] = []
    at = 0
    for start, end in (*low, (_BMP_END + 1, _END)):
        if at < start:
            rest.append((at, start - 1))
        at = end + 1
    return tuple(rest)


def _members(ranges: Ranges) -> str:
    return "".join(
        _point(start) if start == end else f"{_point(start)}{'-' if end > start + 1 else ''}{_point(end)}"
        for start, end in ranges
    )


def _point(number: int) -> str:
    if number > _BMP_END:
        return f"\\U{number:08X}"
    character = chr(number)
    plain = character.isascii() and (character.isalnum() or character in _PLAIN)
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character, character if plain else f"\\u{number:04X}")


def _pairs(ranges: Ranges) -> Iterator[str]:
    """Yield what matches two characters of UTF-16 that stand for one of `ranges`."""
    for start, end in ranges:
        (high, low), (last_high, last_low) = _halves(start), _halves(end)
        if high == last_high:
            yield rf"{_point(high)}[{_members(((low, last_low),))}]"
            continue
        yield rf"{_point(high)}[{_members(((low, 0xDFFF),))}]"
        if last_high > high + 1:
            yield rf"[{_members(((high + 1, last_high - 1),))}][\uDC00-\uDFFF]"
        yield rf"{_point(last_high)}[{_members(((0xDC00, last_low),))}]"


def _halves(number: int) -> tuple[int, int]:
    return 0xD800 + (number - 0x10000 >> 10), 0xDC00 + (number & 0x3FF)
