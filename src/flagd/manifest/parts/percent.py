"""Percent: a share in steps of 0.001 %, kept as it was written (design: no floats, no drift in Git)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from flagd.manifest.cel import Rule, decimal

PATTERN = r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)$"
"""What a percentage looks like between quotes."""


def percentage(value: str) -> str:
    """Return an expression in CEL: `value`, an int or a string, has the form of PATTERN."""
    return f"{decimal(value, 2, 3)} || {value} in ['100', '100.0', '100.00', '100.000']"


PERCENT_RULE = Rule(
    percentage("self"),
    '"is not a percentage; write 0 to 100 in steps of 0.001, without a percent sign: 25, or in quotes 0.5"',
)

_FORM = re.compile(PATTERN.removesuffix("$"), re.ASCII)


def _check(percent: object) -> int | str:
    if isinstance(percent, float) and percent.is_integer():
        percent = int(percent)
    if isinstance(percent, float) and 0 <= percent <= 100 and _FORM.fullmatch(repr(percent)):
        raise PydanticCustomError(
            "UnquotedFraction", '{shown} is a fraction; quote it: "{shown}"', {"shown": repr(percent)}
        )
    bare = percent.strip().removesuffix("%").strip() if isinstance(percent, str) else ""
    if bare != percent and bare and _FORM.fullmatch(bare):
        right = bare if bare.isdecimal() else f'"{bare}"'
        raise PydanticCustomError("InvalidPercent", "has a percent sign or a space; write {right}", {"right": right})
    if isinstance(percent, bool) or not isinstance(percent, (int, str)) or not _FORM.fullmatch(str(percent)):
        raise PydanticCustomError(
            "InvalidPercent", 'is not a percentage; write 0 to 100 in steps of 0.001: 25 or "0.5"'
        )
    return percent


def thousandths(percent: int | str) -> int:
    """Return `percent` in units of 0.001 %: ``"0.5"`` → 500, 25 → 25000. It must be a valid Percent."""
    if isinstance(percent, int):
        return percent * 1000
    whole, _, fraction = str(percent).partition(".")
    return int(whole) * 1000 + int(fraction.ljust(3, "0") or 0)


def percent_text(share: int) -> str:
    """Return `share`, in units of 0.001 %, as people write it: 500 → ``0.5``, 25000 → ``25``."""
    whole, rest = divmod(share, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


Percent = Annotated[
    int | str,
    PlainValidator(_check),
    # What text must look like is a rule in CEL, which says it in a sentence.
    WithJsonSchema({"x-kubernetes-int-or-string": True, "minimum": 0, "maximum": 100, "maxLength": 64}),
]
"""0 to 100, an int or a quoted decimal with at most three digits after the point."""
