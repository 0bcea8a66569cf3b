"""Share: a part of a whole as a percentage, which never hides the one user in a million."""

from __future__ import annotations

_DIGITS = 3
_LEAST = 10**-_DIGITS


def percent(part: float, whole: float) -> str:
    """Return `part` of `whole` such as ``12.5 %``: at most three digits after the point, never 0 or 100 for almost."""
    share = part / whole * 100 if whole else 0.0
    text = f"{share:.{_DIGITS}f}".rstrip("0").rstrip(".")
    if text == "0" and part:
        return f"< {_LEAST} %"
    return f"> {100 - _LEAST} %" if text == "100" and part < whole else f"{text} %"
