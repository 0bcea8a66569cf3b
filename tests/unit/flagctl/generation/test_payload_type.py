import typing

import pytest

from flagctl.generation.payload_type import Types


def _made(*values):
    types = Types()
    annotation = types.of(values, "P")
    names = vars(typing).copy()
    for source in types.definitions.values():
        exec(source, names)  # noqa: S102 - what was generated
    return annotation, names


@pytest.mark.parametrize(
    ("values", "annotation"),
    [
        ([True, False], "bool"),
        ([1, 2], "int"),
        ([1, 2.5], "float"),
        (["a", 1], "int | str"),
        ([[1], ["a"]], "list[int | str]"),
        ([[], []], "list[Any]"),
        ([[None, 1]], "list[int | None]"),
        ([True, 1.5], "bool | float"),
    ],
)
def test_values_have_the_type_of_all_of_them(values, annotation):
    assert _made(*values)[0] == annotation


def test_mappings_are_one_in_which_a_name_that_one_lacks_is_not_required():
    annotation, names = _made({"columns": 1, "odd name": "x"}, {"columns": 2})
    assert annotation == "P"
    assert typing.get_type_hints(names["P"], names) == {"columns": int, "odd name": str}
    assert names["P"].__required_keys__ == {"columns"}


def test_mappings_inside_others_are_defined_first_and_have_names_of_their_own():
    _, names = _made({"a": {"x": 1}, "A": {"x": "y"}, "list": [{"z": 1.5}]})
    hints = typing.get_type_hints(names["P"], names)
    assert typing.get_type_hints(hints["a"], names) == {"x": int}
    assert typing.get_type_hints(hints["A"], names) == {"x": str}
    assert typing.get_type_hints(typing.get_args(hints["list"])[0], names) == {"z": float}


def test_what_is_nested_deeper_than_anybody_reads_is_anything():
    value = 1
    for _ in range(50):
        value = {"a": value}
    annotation, names = _made(value)
    assert (annotation, "P" in names) == ("P", True)
