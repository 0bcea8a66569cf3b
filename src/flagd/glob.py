"""Glob: shell patterns as regular expressions, because Amplitude's engines have no glob.

``*`` is any text without a slash, ``**`` any text, ``?`` one character but a slash, ``[a-z]`` and
``[!a-z]`` one character of (not of) a set, ``{a,b}`` either; the whole value must match. Written so
that RE2, Python and JavaScript read the result alike.
"""

from __future__ import annotations

from functools import lru_cache

_SPECIAL = frozenset("\\.+*?()|[]{}^$")


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
