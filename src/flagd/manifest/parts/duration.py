"""Duration: text such as ``1d12h`` as seconds, and back."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

PATTERN = r"^([0-9]{1,5}(d|h|m|s)){1,4}$"
"""What a duration looks like; the longest ends within the years of a calendar."""
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}

_FORM = re.compile(PATTERN.removesuffix("$"), re.ASCII)
_PART = re.compile(r"([0-9]+)([dhms])", re.ASCII)

Duration = Annotated[str, Field(max_length=24, pattern=PATTERN)]
"""Numbers with d, h, m or s, such as 30m or 1d12h."""


def seconds(text: str) -> int:
    """Return the seconds of `text`: ``1h30m`` → 5400. Raises ValueError where it is not a duration."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is not a duration; write numbers with d, h, m or s, such as 30m or 1d12h")
    return sum(int(number) * SECONDS[unit] for number, unit in _PART.findall(text))


def duration(count: int) -> str:
    """Return `count` seconds as text: 5400 → ``1h30m``."""
    parts = []
    for unit, length in SECONDS.items():
        number, count = divmod(count, length)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"
