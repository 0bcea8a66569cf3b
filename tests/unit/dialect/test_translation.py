"""Translation: a pattern for JavaScript and Python that finds what RE2 finds, or none at all."""

from __future__ import annotations

import random

import pytest

from flagd.dialect import Untranslatable, translate
from flagd.glob import glob_regex
from flagd.pattern import Pattern, PatternError
from tests.unit.dialect.engines import node_finds, python_finds, re2_finds

TEXTS = [
    *["", "a", "A", "b", "ab", "aab", "abc", "k", "\u212a", "ſ", "é", "É", "🚀", "a🚀", "🚀🚀", "🛀", "1", "１", "_", "-"],
    *["a\n", "\n", "a\nb", "a\r", "\r\n", "\u2028", "\u2029", "\xa0", "\x85", "\x0b", "\x0c", "\t", "\a", "\ufeff", " "],
    *["X@EXAMPLE.com", "x@example.com\n", "a.b", "a*b", "a/b", "{,2}", "a{,2}", "p{L}", "[:alpha:]", "Q..E", "z", "x{41}"],
    *["α", "Ω", "ß", "ẞ", "İ", "ı", "i", "I", "aaaa", "a b", "a-b", "a]b", "\x00", "straße", "STRASSE"],
]
PATTERNS = [
    *[r"(?i)@example\.com$", r"(?i:ab)c", r"(?s)a.b", r"(?m)^b$", r"(?P<n>a)b", r"(?<n>a)b", r"(?U)a+", r"(?-i)a", r"(?i-s:a.)"],
    *[r"\pL", r"\p{L}", r"\PL", r"\p{Greek}", r"\P{Greek}", r"[\p{Lu}_]", r"[^\pL]", r"\Qa.b\E", r"\Qa*b", r"a\z", r"\Aa"],
    *[r"\x{41}", r"\x{1F680}", r"\x41", r"\101", r"\a", r"\v", r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", r"^.$", r"^[^/]$"],
    *[r"[[:alpha:]]", r"[[:^alpha:]]", r"[^[:space:]]", r"[\w-]", r"[]a]", r"[^]a]", r"[a\]b]", r"[🚀-🛀]", r"[^🚀]", r"[a🚀]"],
    *[r"^🚀+$", r"^🚀{2}$", r"a$", r"^$", r"(?m)^$", r"a{,2}", r"a{2}", r"a{2,}?", r"a{1,3}$", r"{", r"}", r"]", r"\ba\b"],
    *[r"(?i)k", r"(?i)[a-k]", r"(?i)ß", r"(?i)É", r"(?i)\x{41}", r"(?i)\Qab\E", r"^(?:)$", r"a|", r"(|a)b", r"[^\x00-\x{10FFFF}]"],
    *[r"(?s)^.$", r"(?i)(?-i)a(?i)b", r"((?i)a)b", r"^*a", r"(?:$)?", r"[--a]", r"[&&a]", r"[~~|]", r"[[a]", r"\-"],
    *[glob_regex(each) for each in ("?", "*", "**", "[!a]", "a*b", "{a,b}?", "[🚀a]", "a.b")],
]  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return [(pattern, translate(pattern)) for pattern in PATTERNS]


def test_python_finds_what_re2_finds(table):
    assert {pattern: python_finds(written, TEXTS) for pattern, written in table} == _wanted(table)


def test_node_finds_what_re2_finds(table):
    found = node_finds([(written, TEXTS) for _, written in table])
    assert {pattern: each for (pattern, _), each in zip(table, found, strict=True)} == _wanted(table)


def _wanted(table):
    return {pattern: re2_finds(pattern, TEXTS) for pattern, _ in table}


@pytest.mark.parametrize("pattern", [r"\C", r"\B", "(" * 60 + "a" + ")" * 60, r"(?:\pL\PL){9}", "("])
def test_what_cannot_be_written_for_both_is_not_translated(pattern):
    with pytest.raises(Untranslatable, match=r".+"):
        translate(pattern)


ATOMS = [
    *"abkKsS_ -.^$|/é🚀ſ0{}]",
    *[r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\p{Greek}", r"\p{Lu}", r"\b", r"\A", r"\z", r"\x{1F680}", r"\101", r"\n"],
    *[r"\Qa.\E", r"\Q+", "[^a]", "[a-z]", "[[:alpha:]]", "[^/]", "[🚀-🛀]", "[^🚀]", "[^]a]", r"[\d\-x]", r"[\w🚀]", "{,2}"],
]  # fmt: skip
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,2}", "{2,}", "*?", "{0}"]
GROUPS = ["(", "(?i:", "(?s:", "(?m:", "(?U:", "(?-i:", "(?i-s:", "(?P<n>", "(?<n>", "(?:(?i)", "(?:(?m)"]


def grown(source: random.Random, depth: int) -> str:
    kind = source.random() if depth else 0
    if kind < 0.35:
        return source.choice(ATOMS)
    if kind < 0.65:
        return grown(source, depth - 1) + source.choice(["", "", "", "|"]) + grown(source, depth - 1)
    if kind < 0.85:
        return f"(?:{grown(source, depth - 1)}){source.choice(QUANTIFIERS)}"
    return f"{source.choice(GROUPS)}{grown(source, depth - 1)})"


def test_patterns_that_grew_by_chance_are_found_alike_or_not_translated():
    source = random.Random(20)
    grown_ones = dict.fromkeys(grown(source, 4) for _ in range(400))
    table = [(pattern, written) for pattern in grown_ones if (written := _translated(pattern)) is not None]
    assert len(table) > 100
    wanted = _wanted(table)
    assert {pattern: python_finds(written, TEXTS) for pattern, written in table} == wanted
    found = node_finds([(written, TEXTS) for _, written in table])
    assert {pattern: each for (pattern, _), each in zip(table, found, strict=True)} == wanted


def _translated(pattern: str) -> str | None:
    try:
        Pattern(pattern)
        return translate(pattern)
    except (PatternError, Untranslatable):
        return None
