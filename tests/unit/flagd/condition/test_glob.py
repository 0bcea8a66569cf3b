import re

import pytest
import re2

from flagd.condition.glob import GlobError, glob_of, glob_regex


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("/docs/*", ["/docs/", "/docs/a"], ["/docs/a/b", "x/docs/a", "/docs"]),
        ("/docs/**", ["/docs/", "/docs/a/b"], ["/doc/a"]),
        ("**.html", ["a.html", "b/a.html"], ["a.htm", "ahtml"]),
        ("a?c", ["abc", "a-c"], ["ac", "a/c", "abbc"]),
        ("v[0-9]", ["v1"], ["va", "v10", "v"]),
        ("v[!0-9]", ["va"], ["v1"]),
        ("[]x]", ["]", "x"], ["y"]),
        ("[a^]", ["^", "a"], ["b"]),
        ("[a-]", ["-", "a"], ["b"]),
        ("{en,de}-*", ["en-GB", "de-"], ["fr-FR", "en"]),
        ("{a,b{c,d}}", ["a", "bc", "bd"], ["b"]),
        ("a,b}", ["a,b}"], ["a"]),
        ("1+1=2|3", ["1+1=2|3"], ["11=2"]),
        ("a.b", ["a.b"], ["axb"]),
        (r"\*", ["*"], ["a"]),
        (r"\[a]", ["[a]"], ["a"]),
        ("$^()", ["$^()"], ["x"]),
        ("", [""], ["a"]),
        ("naïve 🦎", ["naïve 🦎"], ["naive"]),
    ],
)
def test_the_regular_expression_matches_what_the_glob_matches(pattern, matching, other):
    regex = re2.compile(glob_regex(pattern))
    assert [value for value in matching if regex.search(value) is None] == []
    assert [value for value in other if regex.search(value) is not None] == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("a[b", "`[` is not closed"),
        ("a[!", "`[` is not closed"),
        ("a[", "`[` is not closed"),
        ("{a,b", "`{` is not closed"),
        ("[z-a]", "runs backwards"),
        ("a\\", "nothing follows the last backslash"),
    ],
)
def test_what_is_no_glob_is_refused_with_the_reason(pattern, fault):
    with pytest.raises(GlobError, match=re.escape(fault)) as raised:
        glob_regex(pattern)
    assert repr(pattern) in str(raised.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "/docs/*",
        "**.html",
        "a?c",
        "v[!0-9]",
        "[]x]",
        "[a^]",
        "{en,de}-*",
        "{a,b{c,d}}",
        "a,b}",
        "1+1=2|3",
        r"\*",
        "",
        r"{a\,b}",
    ],
)
def test_the_glob_is_found_again_in_its_regular_expression(pattern):
    assert glob_of(glob_regex(pattern)) == pattern


@pytest.mark.parametrize(
    "regex", ["@example", "^(?:a+)$", "^(?:[[:alpha:]])$", r"^(?:\d)$", "^(?:(?:a)$", "^(?:a(b))$"]
)
def test_a_regular_expression_that_is_not_a_glob_has_none(regex):
    assert glob_of(regex) is None
