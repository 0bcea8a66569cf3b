"""Float text: whole numbers in the form in which Helm prints large ones: ``1.2345678e+07`` for 12345678."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flagd.manifest.finding import warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.finding import Finding
    from flagd.manifest.path import FieldPath

_FORM = re.compile(r"-?[1-9](?:\.([0-9]{1,16}))?e\+([0-9]{2})", re.ASCII)


def digits_of(text: str) -> str | None:
    """Return the digits that `text` stands for; None if it is not a whole number in that form."""
    found = _FORM.fullmatch(text)
    whole = found is not None and len(found[1] or "") <= int(found[2])
    return str(int(float(text))) if whole else None


def check_texts(texts: Sequence[str], path: FieldPath) -> Iterator[Finding]:
    """Yield a warning for the first of `texts`, a list at `path`, that is such a number: nothing else equals it."""
    for index, text in enumerate(texts):
        digits = digits_of(text) if "e+" in text else None
        if digits is not None:
            why = f'"{text}" is how Helm prints the number {digits}; quote its digits: "{digits}"'
            yield warning((*path, index), "FloatAsText", f"{why}, in the values of a chart too")
            return
