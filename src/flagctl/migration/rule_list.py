"""Rule list: a tree of ``if`` as decisions in order, of which the first whose conditions hold counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.migration.json_logic import EVERYBODY, NOBODY, RuleError, alternatives, both, operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.migration.json_logic import Alternatives

Decision = str | dict[str, Any] | None
"""A variant, a ``fractional``, or None: the default."""

_DEEPEST = 100


def decisions(rule: Any, shared: Mapping[str, Any]) -> list[tuple[Alternatives, Decision]]:  # noqa: ANN401
    """Return who gets what, in order; the last is for everybody else.

    Args:
        rule: the targeting.
        shared: rules by name, which a ``$ref`` stands for.

    Raises:
        RuleError: a part of it has no equal here.
    """
    found = _decisions(resolved(rule, shared, 0), EVERYBODY)
    ends = next(at for at, (who, _) in enumerate(found) if who == EVERYBODY)
    return found[: ends + 1]


def resolved(rule: Any, shared: Mapping[str, Any], depth: int) -> Any:  # noqa: ANN401
    """Return `rule` with what every ``$ref`` stands for."""
    if depth > _DEEPEST:
        raise RuleError("it is nested too deeply, or refers to itself")
    if isinstance(rule, list):
        return [resolved(each, shared, depth + 1) for each in rule]
    if not isinstance(rule, dict):
        return rule
    if "$ref" in rule:
        if rule["$ref"] not in shared:
            raise RuleError(f"$evaluators has no {rule['$ref']}")
        return resolved(shared[rule["$ref"]], shared, depth + 1)
    return {name: resolved(each, shared, depth + 1) for name, each in rule.items()}


def _decisions(rule: Any, who: Alternatives) -> list[tuple[Alternatives, Decision]]:  # noqa: ANN401
    """Return the decisions on those in `who`; the last is on all of them."""
    if rule is None or isinstance(rule, str | bool):
        return [(who, str(rule).lower() if isinstance(rule, bool) else rule)]
    operator, arguments = operation(rule)
    if operator == "fractional":
        return [(who, rule)]
    if operator == "if":
        return _branches(arguments, who)
    return _branches([rule, True, False], who)


def _branches(arguments: Sequence[Any], who: Alternatives) -> list[tuple[Alternatives, Decision]]:
    """Return the decisions of ``if``: condition, value, condition, value, and so on, and else."""
    found: list[tuple[Alternatives, Decision]] = []
    for at in range(0, len(arguments) - 1, 2):
        inner = both(who, alternatives(arguments[at]))
        if inner != NOBODY:
            found += _decisions(arguments[at + 1], inner)
    return [*found, *_decisions(arguments[-1] if len(arguments) % 2 else None, who)]
