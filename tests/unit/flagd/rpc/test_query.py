"""Parameters of a request: the later of two, and not too many."""

from __future__ import annotations

import pytest

from flagd.rpc.query import PARAMETERS, parameters
from flagd.rpc.status import InvalidArgument


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a=&b", {"a": "", "b": ""}),
        ("a=%7B%22x%22%3A1%7D", {"a": '{"x":1}'}),
    ],
)
def test_parameters_are_decoded(query: str, found: dict[str, str]):
    assert parameters(query) == found


def test_too_many_are_the_callers_fault():
    assert parameters("&".join(["a=1"] * PARAMETERS)) == {"a": "1"}
    with pytest.raises(InvalidArgument, match="at most 100 parameters"):
        parameters("&".join(["a=1"] * (PARAMETERS + 1)))
