"""Translation: a pattern for JavaScript and Python that finds what RE2 finds, or none at all."""

from __future__ import annotations

import random

import pytest

from flagd.condition.glob import glob_regex
from flagd.condition.pattern import Pattern, PatternError
from flagd.dialect import Untranslatable, translate
from tests.unit.flagd.dialect.engines import node_finds, python_finds, re2_finds

PLAIN_TEXTS = """
    a A b ab aab abc k \N{KELVIN SIGN} ſ é É 🚀 a🚀 🚀🚀 🛀 1 １ _ - X@EXAMPLE.com a.b a*b a/b {,2} a{,2} p{L}
    [:alpha:] Q..E z x{41} α Ω ß ẞ İ ı i I aaaa a-b a]b straße STRASSE
"""
TEXTS = [
    *PLAIN_TEXTS.split(),
    *("", "a\n", "\n", "a\nb", "a\r", "\r\n", "\u2028", "\u2029", "\xa0", "\x85", "\x0b", "\x0c", "\t", "\a", "\ufeff"),
    *(" ", "a b", "\x00", "x@example.com\n"),
]
WRITTEN = r"""
    (?i)@example\.com$ (?i:ab)c (?s)a.b (?m)^b$ (?P<n>a)b (?<n>a)b (?U)a+ (?-i)a (?i-s:a.) (?s)^.$
    (?i)(?-i)a(?i)b ((?i)a)b
    \pL \p{L} \PL \p{Greek} \P{Greek} [\p{Lu}_] [^\pL] \Qa.b\E \Qa*b a\z \Aa \x{41} \x{1F680} \x41 \101 \a \v \ba\b \-
    \s \S \w \W \d \D ^.$ ^[^/]$ [[:alpha:]] [[:^alpha:]] [^[:space:]] [\w-] []a] [^]a] [a\]b] [--a] [&&a] [~~|] [[a]
    [🚀-🛀] [^🚀] [a🚀] ^🚀+$ ^🚀{2}$ a$ ^$ (?m)^$ a{,2} a{2} a{2,}? a{1,3}$ { } ] ^*a (?:$)? ^(?:)$ a| (|a)b
    (?i)k (?i)[a-k] (?i)ß (?i)É (?i)\x{41} (?i)\Qab\E [^\x00-\x{10FFFF}]
"""
GLOBS = ("?", "*", "**", "[!a]", "a*b", "{a,b}?", "[🚀a]", "a.b")
PATTERNS = [*WRITTEN.split(), *map(glob_regex, GLOBS)]


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


ELEMENTS = r"""
    a b k K s S _ - . ^ $ | / é 🚀 ſ 0 { } ] \d \w \s \D \W \S \p{Greek} \p{Lu} \b \A \z \x{1F680} \101 \n \Qa.\E \Q+
    [^a] [a-z] [[:alpha:]] [^/] [🚀-🛀] [^🚀] [^]a] [\d\-x] [\w🚀] {,2}
"""
ATOMS = ELEMENTS.split()
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
