"""What others wrote cannot end a line of log, nor hide or turn what is around it."""

import unicodedata

import pytest

from flagd.process.printable import LONGEST, printable, printable_lines

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.fixture(scope="module")
def controls():
    return [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize("make", [printable, printable_lines])
def test_what_controls_anything_is_escaped(make, controls):
    kept = "\n\t" if make is printable_lines else ""
    for control in (*controls, *TURNING):
        text = make(f"a{control}b")
        assert (control in text) == (control in kept), hex(ord(control))
        assert text.startswith("a")
        assert text.endswith("b")


def test_text_stays_as_it_is():
    assert printable("Grüße, 世界 🙂 100 % \\n") == "Grüße, 世界 🙂 100 % \\n"


def test_what_is_too_long_is_cut_and_says_so():
    assert printable("x" * (LONGEST + 7)) == "x" * LONGEST + "… (7 more characters)"
