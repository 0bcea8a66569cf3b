"""JSON logic: a rule of JSONLogic as alternatives of our conditions. Pure.

Rules are those of https://jsonlogic.com with the operators that flagd adds (https://flagd.dev/reference/custom-operations).
What comes out is an OR of ANDs; a negation is pushed down to the comparisons, each of which has its opposite here.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

from flagd.condition.attribute import USER_FIELDS, format_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Condition = dict[str, Any]

Alternatives = list[list[dict[str, Any]]]
"""Groups of conditions: all of a group must hold, and one group is enough."""

MOST_GROUPS = 100
NOBODY: Alternatives = []
EVERYBODY: Alternatives = [[]]
_NONE = "(none)"
_OPPOSITES = {
    "is": "is not",
    "regex match": "regex does not match",
    "less": "greater or equal",
    "less or equal": "greater",
    "version less": "version greater or equal",
    "version less or equal": "version greater",
}
_OPPOSITE = {**_OPPOSITES, **{other: one for one, other in _OPPOSITES.items()}}
_ORDER = {"<": "less", "<=": "less or equal", ">": "greater", ">=": "greater or equal"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_FALSE_TEXTS = [_NONE, "", "0", "false"]
_TEXT = (str, int, float, bool)


class RuleError(ValueError):
    """A rule has no equal here. The message says which part of it, and why."""


def alternatives(rule: Any, *, holds: bool = True) -> Alternatives:  # noqa: ANN401
    """Return when `rule` is true, or where not `holds`, when it is not. Raises RuleError where we cannot say it."""
    if isinstance(rule, bool) or rule is None:
        return EVERYBODY if bool(rule) is holds else NOBODY
    operator, arguments = operation(rule)
    if operator in {"and", "or"}:
        parts = [alternatives(each, holds=holds) for each in arguments]
        return _all(parts) if (operator == "and") is holds else _any(parts)
    if operator in {"!", "!!"}:
        return alternatives(_only(operator, arguments), holds=holds is (operator == "!!"))
    if operator == "var":
        return [[_negated(_condition(attribute(rule), "is not", _FALSE_TEXTS), holds=holds)]]
    found = _comparison(operator, arguments)
    return found if holds else _all([[[_negated(each, holds=False)] for each in group] for group in found])


def operation(rule: Any) -> tuple[str, list[Any]]:  # noqa: ANN401
    """Return the operator of `rule` and its arguments; one that is no list is the only one."""
    if not isinstance(rule, dict) or len(rule) != 1:
        raise RuleError(f"{rule!r} is not an operation")
    ((operator, arguments),) = rule.items()
    return operator, arguments if isinstance(arguments, list) else [arguments]


def attribute(rule: Any) -> str:  # noqa: ANN401
    """Return the path of what a ``var`` names, as a context of OpenFeature is read here."""
    operator, arguments = operation(rule)
    name = arguments[0] if arguments else None
    if operator != "var" or not isinstance(name, str) or not name or any(each is not None for each in arguments[1:]):
        raise RuleError(f"{rule!r} is not an attribute without a default")
    if name.startswith("$flagd."):
        raise RuleError(f"{name} is not known here: use a FlagRolloutPlan for what depends on the time")
    if name == "targetingKey":
        return "user.user_id"
    if "." in name:
        raise RuleError(f"{name} is inside of an attribute, and a property is one value here")
    return f"user.{name}" if name in USER_FIELDS else format_attribute(("context", "user", "user_properties", name))


def _comparison(operator: str, arguments: Sequence[Any]) -> Alternatives:
    known = _COMPARISONS.get(operator)
    if known is None:
        raise RuleError(f'the operator "{operator}" has no equal here')
    return known(operator, arguments)


def _equality(operator: str, arguments: Sequence[Any]) -> Alternatives:
    left, right = _two(operator, arguments)
    if isinstance(left, dict):
        left, right = right, left
    name = attribute(right)
    if not (left is None or isinstance(left, _TEXT)):
        raise RuleError(f"{operator} compares {name} with {left!r}, and only one value can be compared here")
    op = "is" if operator in {"==", "==="} else "is not"
    return [[_condition(name, op, [_NONE if left is None else _plain(left)])]]


def _membership(operator: str, arguments: Sequence[Any]) -> Alternatives:
    needle, hay = _two(operator, arguments)
    if isinstance(hay, list) and all(isinstance(each, _TEXT) for each in hay):
        return [[_condition(attribute(needle), "is", list(map(_plain, hay)))]] if hay else NOBODY
    if isinstance(needle, str) and isinstance(hay, dict):
        return [[_condition(attribute(hay), "regex match", [_literal(needle)])]]
    raise RuleError(f"in with {hay!r} is neither an attribute in a list of values, nor a text in an attribute")


def _order(operator: str, arguments: Sequence[Any]) -> Alternatives:
    if len(arguments) == 3:
        return _all([_order(operator, arguments[:2]), _order(operator, arguments[1:])])
    left, right = _two(operator, arguments)
    if isinstance(right, dict):
        operator, left, right = _MIRRORED[operator], right, left
    if isinstance(right, bool) or not isinstance(right, int | float):
        raise RuleError(f"{operator} compares with {right!r}, which is not a number")
    # A missing attribute is 0 in JSONLogic.
    absent = {"<": right > 0, "<=": right >= 0, ">": right < 0, ">=": right <= 0}[operator]
    return [[_condition(attribute(left), _ORDER[operator], [_plain(right), *([_NONE] if absent else [])])]]


def _edge(operator: str, arguments: Sequence[Any]) -> Alternatives:
    where, text = _two(operator, arguments)
    if not isinstance(text, str):
        raise RuleError(f"{operator} takes a text, not {text!r}")
    pattern = f"^{_literal(text)}" if operator == "starts_with" else f"{_literal(text)}$"
    return [[_condition(attribute(where), "regex match", [pattern])]]


def _version(operator: str, arguments: Sequence[Any]) -> Alternatives:
    if len(arguments) != 3 or not isinstance(arguments[2], str):
        raise RuleError(f"{operator} takes an attribute, a comparison and a version")
    name, comparison, version = attribute(arguments[0]), arguments[1], arguments[2].lstrip("vV")
    if comparison in _ORDER:
        return [[_condition(name, f"version {_ORDER[comparison]}", [_padded(version)])]]
    if comparison in {"^", "~"}:
        return [[_condition(name, "regex match", [_range(version, minor=comparison == "~")])]]
    same = [_condition(name, f"version {op}", [_padded(version)]) for op in ("less or equal", "greater or equal")]
    if comparison == "=":
        return [same]
    if comparison == "!=":
        return [[_condition(name, f"version {op}", [_padded(version)])] for op in ("less", "greater")]
    raise RuleError(f'{operator} has no comparison "{comparison}"')


def _range(version: str, *, minor: bool) -> str:
    """Return the pattern of all versions of the major version, or of the minor one; what is left out of one is 0."""
    major, _, rest = version.partition(".")
    second = re.split(r"[.+-]", rest)[0] or "0"
    if not minor:
        return rf"^[vV]?{_literal(major)}([.+-]|$)"
    named = rf"\.{_literal(second)}([.+-]|$)"
    return rf"^[vV]?{_literal(major)}({named}|[+-]|$)" if second == "0" else rf"^[vV]?{_literal(major)}{named}"


_COMPARISONS: dict[str, Callable[[str, Sequence[Any]], Alternatives]] = {
    **dict.fromkeys(("==", "===", "!=", "!=="), _equality),
    **dict.fromkeys(_ORDER, _order),
    **dict.fromkeys(("starts_with", "ends_with"), _edge),
    "in": _membership,
    "sem_ver": _version,
}


def _all(parts: Sequence[Alternatives]) -> Alternatives:
    """Return when all of `parts` hold."""
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_GROUPS:
        raise RuleError(f"it comes to more than {MOST_GROUPS} groups of conditions")
    return [[each for group in groups for each in group] for groups in product(*parts)]


def _any(parts: Sequence[Alternatives]) -> Alternatives:
    """Return when one of `parts` holds."""
    groups = [group for part in parts for group in part]
    if len(groups) > MOST_GROUPS:
        raise RuleError(f"it comes to more than {MOST_GROUPS} groups of conditions")
    return EVERYBODY if [] in groups else groups


def both(one: Alternatives, other: Alternatives) -> Alternatives:
    """Return when `one` and `other` hold. Raises RuleError where that is too long."""
    return _all([one, other])


def _negated(condition: Condition, *, holds: bool) -> Condition:
    if holds:
        return condition
    op, values = _OPPOSITE[condition["op"]], condition["values"]
    if "less" in op or "greater" in op:  # of a missing attribute the opposite is true as well
        plain = [value for value in values if value != _NONE]
        absent = op.startswith("version") or _NONE not in values
        values = [*plain, _NONE] if absent else plain
    return {**condition, "op": op, "values": values}


def _condition(name: str, op: str, values: list[str]) -> Condition:
    return {"attribute": name, "op": op, "values": values}


def _two(operator: str, arguments: Sequence[Any]) -> tuple[Any, Any]:
    if len(arguments) != 2:
        raise RuleError(f"{operator} takes two arguments")
    return arguments[0], arguments[1]


def _only(operator: str, arguments: Sequence[Any]) -> Any:  # noqa: ANN401
    if len(arguments) != 1:
        raise RuleError(f"{operator} takes one argument")
    return arguments[0]


def _plain(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    return str(value)


def _literal(text: str) -> str:
    """Return the RE2 pattern that finds `text` as it is."""
    return re.sub(
        r"([^\w\s-]|_)", lambda found: rf"\{found[1]}" if found[1].isascii() and found[1] != "_" else found[1], text
    )


def _padded(version: str) -> str:
    """Return `version` with the parts that flagd takes for 0 where they are left out."""
    numbers = re.split(r"[+-]", version, maxsplit=1)[0]
    return numbers + ".0" * (2 - numbers.count(".")) + version[len(numbers) :]
