import ast

from hypothesis import given
from hypothesis import strategies as st

from flagctl.generation.literal import docstring, literal


@given(st.text())
def test_a_literal_is_the_text(text):
    assert ast.literal_eval(literal(text)) == text


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=3))
def test_no_text_ends_its_docstring(paragraphs):
    module = ast.parse(f"def f():\n{docstring(paragraphs)}    return 1\n")
    assert len(module.body) == 1
    assert len(module.body[0].body) == 2


def test_one_line_stands_on_one():
    assert docstring(["The new page."]) == '    """The new page."""\n'
