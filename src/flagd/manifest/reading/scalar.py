"""Plain YAML scalars, resolved as kubectl resolves them.

kubectl reads manifests with sigs.k8s.io/yaml: go-yaml v2 (YAML 1.1 booleans, Go's integer
literals), then JSON. Python's own loaders differ (``y``, ``1:30``, ``2027-03-01``, ``1e3``,
``0o17``); tests/unit/flagd/manifest/yaml_cases.json holds what kubectl was measured to do.
"""

from __future__ import annotations

import re

JsonScalar = str | int | float | bool | None

_WORDS: dict[str, JsonScalar] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_NOT_JSON = frozenset(
    sign + word
    for sign, words in {
        "": (".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF"),
        "+": (".inf", ".Inf", ".INF"),
        "-": (".inf", ".Inf", ".INF"),
    }.items()
    for word in words
)
_NUMERIC = frozenset("0123456789+-.")
_DIGITS = {"x": 16, "b": 2, "o": 8}
_INT = re.compile(
    r"([+-]?)(?:0[xX](?P<x>[0-9a-fA-F]+)|0[bB](?P<b>[01]+)|0[oO]?(?P<o>[0-7]+)|(?P<d>0|[1-9][0-9]*))", re.ASCII
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_FRACTION = re.compile(r"\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-", re.ASCII)


class NotJsonError(ValueError):
    """The scalar is a number that JSON cannot hold: infinity or not-a-number."""


def resolve(text: str) -> JsonScalar:
    """Return what the unquoted scalar `text` is to kubectl.

    Raises:
        NotJsonError: it is ``.inf`` or ``.nan``.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if text in _NOT_JSON:
        raise NotJsonError(text)
    if text[0] == ".":
        return _float(text.replace("_", ""), text) if _FRACTION.fullmatch(text) else text
    if _DATE.match(text):
        return text
    plain = text.replace("_", "")
    whole = _integer(plain)
    return _float(plain, text) if whole is None else whole


def _integer(plain: str) -> int | float | None:
    found = _INT.fullmatch(plain)
    if found is None:
        return None
    digits = next(name for name in "xbod" if found[name] is not None)
    number = int(found[digits], _DIGITS.get(digits, 10)) if len(plain) <= 80 else 1 << 64
    if found[1] == "-":
        number = -number
    if -(1 << 63) <= number < (1 << 63):
        return number
    # Above int64 Go takes an unsigned integer, which Kubernetes then reads as a float.
    return float(number) if number < (1 << 64) and not found[1] else None


def _float(plain: str, text: str) -> JsonScalar:
    if not _FLOAT.fullmatch(plain):
        return text
    number = float(plain)
    if number in (float("inf"), float("-inf")):
        return text
    # JSON has one kind of number: 25.0 travels as 25, up to where Go prints an exponent.
    return int(number) if number.is_integer() and abs(number) < 1 << 63 else number
