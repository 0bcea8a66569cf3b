"""Bound: a number that a measurement is compared with, kept as it was written."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from flagd.manifest.cel import Rule, decimal

PATTERN = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"
"""What a bound looks like between quotes."""
BOUND_RULE = Rule(
    decimal("self", 15, 9, signed=True),
    '"is not a number; write 500, or in quotes a fraction such as 0.02"',
)
_FORM = re.compile(PATTERN.removesuffix("$"), re.ASCII)


def _check(bound: object) -> int | str:
    if isinstance(bound, float) and bound.is_integer():
        bound = int(bound)
    if isinstance(bound, float) and _FORM.fullmatch(repr(bound)):
        raise PydanticCustomError(
            "UnquotedFraction", '{shown} is a fraction; quote it: "{shown}"', {"shown": repr(bound)}
        )
    if isinstance(bound, bool) or not isinstance(bound, (int, str)) or not _FORM.fullmatch(str(bound)):
        raise PydanticCustomError("InvalidForm", 'is not a number; write 500, or in quotes a fraction such as "0.02"')
    return bound


Bound = Annotated[
    int | str,
    PlainValidator(_check),
    WithJsonSchema({"x-kubernetes-int-or-string": True, "maxLength": 32}),
]
"""An int, or a quoted decimal."""
