"""Percent: a share in steps of 0.001 %, kept as it was written (design: no floats, no drift in Git)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_FORM = re.compile(r"(100|[0-9]{1,2})(\.[0-9]{1,3})?", re.ASCII)


def _check(percent: int | str) -> int | str:
    if isinstance(percent, bool):
        raise ValueError("a percentage is a number from 0 to 100")
    if not _FORM.fullmatch(str(percent)) or thousandths(percent) > 100_000:
        raise ValueError('a percentage runs from 0 to 100 in steps of 0.001; write 25 or "0.5"')
    return percent


def thousandths(percent: int | str) -> int:
    """Return `percent` in units of 0.001 %: ``"0.5"`` → 500, 25 → 25000. It must be a valid Percent."""
    whole, _, fraction = str(percent).partition(".")
    return int(whole) * 1000 + int(fraction.ljust(3, "0") or 0)


Percent = Annotated[int | str, Field(union_mode="left_to_right"), AfterValidator(_check)]
"""0 to 100, an int or a quoted decimal with at most three digits after the point."""
