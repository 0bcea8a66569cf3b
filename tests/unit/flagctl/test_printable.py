import pytest

from flagctl.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [("plain ä€😀", "plain ä€😀"), ("a\nb", r"a\nb"), ("\x1b[31mred", r"\x1b[31mred"), ("\u202eback", r"\u202eback")],
)
def test_nothing_moves_the_cursor(text, shown):
    assert printable(text) == shown
