import pytest

from flagd.condition.pattern import Pattern, PatternError


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("B", "abc", False),
        ("(?i)B", "abc", True),
        ("c$", "abc\n", False),
        (r"^\d+$", "١٢", False),
        ("^.$", "\ud800", True),
        ("", "", True),
    ],
)
def test_a_pattern_is_found_anywhere_in_a_text(pattern, text, found):
    assert Pattern(pattern).found_in(text) is found


@pytest.mark.parametrize("pattern", ["(", "a(?=b)", r"(a)\1", "x{1001}", "*"])
def test_what_re2_refuses_is_refused_with_its_reason(pattern, capfd):
    with pytest.raises(PatternError, match=r".+"):
        Pattern(pattern)
    assert capfd.readouterr() == ("", "")


def test_a_pattern_that_needs_too_much_memory_is_refused():
    with pytest.raises(PatternError, match="too large"):
        Pattern(r"((\pL{50}){10}\pN{50}){2}(\pL{50}){9}")
