from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from flagd.manifest.parts.percent import Percent, thousandths
from tests.unit.flagd.manifest.findings import flag, found

PERCENT: TypeAdapter[int | str] = TypeAdapter(Percent)


@pytest.mark.parametrize(
    ("percent", "units"),
    [
        (0, 0),
        (25, 25_000),
        (100, 100_000),
        ("0.5", 500),
        ("0.001", 1),
        ("99.999", 99_999),
        ("100.000", 100_000),
        ("7", 7_000),
    ],
)
def test_a_percentage_is_kept_as_it_was_written(percent: int | str, units: int):
    assert PERCENT.validate_python(percent) == percent
    assert thousandths(percent) == units


@pytest.mark.parametrize(("written", "kept"), [(25.0, 25), (1e1, 10), (0.0, 0)])
def test_whole_floats_are_whole_numbers(written: float, kept: int):
    value = PERCENT.validate_python(written)
    assert value == kept
    assert type(value) is int


@pytest.mark.parametrize(
    "percent",
    [
        -1,
        101,
        0.5,
        1e300,
        float("nan"),
        float("inf"),
        True,
        None,
        "",
        "x",
        "1,5",
        "1.",
        ".5",
        "1.2345",
        "100.001",
        "٥",
        " 5",
        "5\n",
        [],
    ],
)
def test_anything_else_is_refused(percent: object):
    with pytest.raises(ValidationError):
        PERCENT.validate_python(percent)


@given(st.integers(min_value=0, max_value=100_000))
def test_every_step_can_be_written(units: int):
    text = f"{units // 1000}.{units % 1000:03d}"
    assert thousandths(PERCENT.validate_python(text)) == units


@pytest.mark.parametrize(("written", "right"), [("50%", "write 50"), ("12.5 %", 'write "12.5"'), (" 5", "write 5")])
def test_a_percent_sign_is_told_to_be_left_out(written, right):
    (one,) = found(flag(allOtherUsers={"percent": written}))
    assert one.message.endswith(right)
