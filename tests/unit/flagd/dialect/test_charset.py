import re

import pytest

from flagd.dialect.charset import NOTHING, characters, literal, spellings, written


@pytest.mark.parametrize(
    ("element", "flags", "ranges"),
    [
        ("[a-c]", "", ((97, 99),)),
        ("[a-c]", "i", ((65, 67), (97, 99))),
        (r"\d", "", ((48, 57),)),
        ("[k]", "i", ((75, 75), (107, 107), (0x212A, 0x212A))),  # the sign for kelvin
    ],
)
def test_an_element_matches_what_re2_says(element, flags, ranges):
    assert characters(element, flags) == ranges


def test_a_dot_matches_a_line_end_only_where_it_is_said_to():
    def holds(ranges):
        return any(start <= ord("\n") <= end for start, end in ranges)

    assert holds(characters(".", "s"))
    assert not holds(characters(".", ""))


def test_spellings_differ_in_case_only():
    assert spellings("s") == ((83, 83), (115, 115), (0x17F, 0x17F))
    assert spellings("1") == ((49, 49),)


@pytest.mark.parametrize("element", ["[a-c]", "[^a]", r"\pL", "[😀-😂]", "[-^\\]]", "."])
def test_what_is_written_matches_the_same_characters_in_python(element):
    ranges = characters(element, "")
    pattern = re.compile(written(ranges))
    for character in "a^-]\\zäЖ😀\U0010ffff\n":
        inside = any(start <= ord(character) <= end for start, end in ranges)
        assert bool(pattern.fullmatch(character)) is inside, character


def test_nothing_matches_nothing():
    assert written(()) == NOTHING
    assert not re.search(NOTHING, "a")


@pytest.mark.parametrize("character", ["a", ".", "-", "/", "\n", "ä", "😀", "\\"])
def test_a_literal_matches_itself_alone(character):
    assert re.fullmatch(literal(character), character)
    assert not re.fullmatch(literal(character), "b")
