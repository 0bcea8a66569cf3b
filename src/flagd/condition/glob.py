"""Glob: shell patterns as regular expressions, because Amplitude's engines have no glob.

``*`` is any text without a slash, ``**`` any text, ``?`` one character but a slash, ``[a-z]`` and
``[!a-z]`` one character of (not of) a set, ``{a,b}`` either; the whole value must match. Written so
that RE2, Python and JavaScript read the result alike.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache, partial

_SPECIAL = frozenset("\\.+*?()|[]{}^$")
_GLOB_SPECIAL = ("\\*?[{", "\\*?[{,}")  # within braces two more
_MEANINGS = {"[^/]*": "*", "[^/]": "?", ".*": "**", "(?:": "{", "|": ",", ")": "}"}
_ANCHORED = re.compile(r"\^\(\?:(.*)\)\$", re.DOTALL)
_TOKEN = re.compile(
    r"\[\^/\]\*?|\.\*|\(\?:|\||\)|\[(?P<negated>\^?)(?P<members>(?:\\.|[^\]\\])+)\]|\\?(?P<char>.)", re.DOTALL
)


class GlobError(ValueError):
    """The pattern is not a glob. The text says why."""


@lru_cache(maxsize=4096)
def glob_regex(pattern: str) -> str:
    """Return the anchored regular expression that matches what `pattern` matches.

    Raises:
        GlobError: a bracket or brace is not closed, or a range runs backwards.
    """
    parts: list[str] = []
    braces = 0
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "[":
            part, at = _character_set(pattern, at)
        else:
            part, width = _element(pattern, at, braces)
            braces += (char == "{") - (char == "}" and braces > 0)
            at += width
        parts.append(part)
    if braces:
        raise GlobError(f"`{{` is not closed in {pattern!r}")
    return f"^(?:{''.join(parts)})$"


def glob_of(regex: str) -> str | None:
    """Return a glob that `glob_regex` turns into `regex`; None = there is none."""
    inner = _ANCHORED.fullmatch(regex)
    if inner is None:
        return None
    for special in _GLOB_SPECIAL:
        glob = _TOKEN.sub(partial(_written, special), inner[1])
        with suppress(GlobError):
            if glob_regex(glob) == regex:
                return glob
    return None


def _written(special: str, token: re.Match[str]) -> str:
    if token[0] in _MEANINGS:
        return _MEANINGS[token[0]]
    if token["members"] is None:
        return f"\\{token['char']}" if token["char"] in special else token["char"]
    members = re.sub(r"\\(.)", r"\1", token["members"], flags=re.DOTALL)
    return f"[{'!' if token['negated'] else ''}{members}]"


def _element(pattern: str, at: int, braces: int) -> tuple[str, int]:
    char = pattern[at]
    if pattern.startswith("**", at):
        return ".*", 2
    if char == "\\":
        if at + 1 == len(pattern):
            raise GlobError(f"nothing follows the last backslash in {pattern!r}")
        return _literal(pattern[at + 1]), 2
    meaning = {"*": "[^/]*", "?": "[^/]", "{": "(?:"}.get(char)
    if meaning is None and braces:
        meaning = {",": "|", "}": ")"}.get(char)
    return meaning or _literal(char), 1


def _literal(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char


def _character_set(pattern: str, start: int) -> tuple[str, int]:
    at = start + 1
    negated = pattern.startswith("!", at)
    at += negated
    end = pattern.find("]", at + 1)
    if end < 0:
        raise GlobError(f"`[` is not closed in {pattern!r}")
    members = pattern[at:end]
    _check_ranges(members, pattern)
    escaped = "".join(f"\\{char}" if char in "\\[]^&~|" else char for char in members)
    return f"[{'^' if negated else ''}{escaped}]", end + 1


def _check_ranges(members: str, pattern: str) -> None:
    at = 0
    while at + 2 < len(members):
        if members[at + 1] != "-":
            at += 1
            continue
        if members[at] > members[at + 2]:
            raise GlobError(f"the range {members[at : at + 3]!r} runs backwards in {pattern!r}")
        at += 3
