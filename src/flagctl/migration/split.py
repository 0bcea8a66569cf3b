"""Split: what a decision of flagd gives, as a rollout. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.migration.json_logic import RuleError, attribute, operation
from flagd.manifest.parts.percent import percent_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flagctl.migration.rule_list import Decision

_OFF = "off"
_ALL = 100_000
_HEAVIEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Split:
    """A rollout.

    Attributes:
        rollout: of a manifest.
        is_split: whether users are bucketed for it.
        bucketed_by: the attribute that they are bucketed by; empty = the user's id.
        remark: what is not exact; empty where all is.
    """

    rollout: dict[str, Any]
    is_split: bool = False
    bucketed_by: str = ""
    remark: str = ""


def split(leaf: Decision, variants: Collection[str]) -> Split:
    """Return the rollout that gives `leaf`: a variant, shares of several, or None for the caller's own default.

    Raises:
        RuleError: it names something that is not among `variants`, or is no such share.
    """
    if leaf is None:
        return Split({"percent": 0})
    if isinstance(leaf, str):
        return Split(_of({_known(leaf, variants): 1}, 1))
    _, arguments = operation(leaf)
    bucketed_by = "" if isinstance(arguments[0], list) else _bucketing(arguments.pop(0))
    weights: dict[str, int] = {}
    for each in arguments:
        name, weight = _share(each)
        weights[_known(name, variants)] = weights.get(name, 0) + weight
    total = sum(weights.values())
    if total <= 0 or max(weights.values()) > _HEAVIEST:
        raise RuleError(f"fractional has weights that sum to {total}, or one above {_HEAVIEST:,}")
    exact = (weights.get(_OFF, 0) * _ALL) % total == 0
    rest = {name: weight for name, weight in weights.items() if weight}
    return Split(_of(rest, total), len(rest) > 1, bucketed_by, "" if exact else "the share of off, to 0.001 % only")


def _of(weights: dict[str, int], total: int) -> dict[str, Any]:
    rest = {name: weight for name, weight in weights.items() if name != _OFF}
    share = percent_text(round(sum(rest.values()) * _ALL / total))
    percent: int | str = int(share) if share.isdecimal() else share
    return {"percent": percent, **({"weights": rest} if rest else {})}


def _known(name: str, variants: Collection[str]) -> str:
    if name not in variants:
        raise RuleError(f'there is no variant "{name}"')
    return name


def _share(each: Any) -> tuple[str, int]:  # noqa: ANN401
    name, weight = [*each, 1][:2] if isinstance(each, list) and each else (None, None)
    if not isinstance(name, str) or isinstance(weight, bool) or not isinstance(weight, int):
        raise RuleError(f"fractional has the share {each!r}; a variant and a whole weight can be said here")
    return name, max(0, weight)


def _bucketing(rule: Any) -> str:  # noqa: ANN401
    operator, arguments = operation(rule)
    parts: Sequence[Any] = arguments if operator == "cat" else [rule]
    named = [each for each in parts if isinstance(each, dict) and each != {"var": "$flagd.flagKey"}]
    if len(named) != 1:
        raise RuleError("fractional is bucketed by more than one attribute")
    found = attribute(named[0])
    return "" if found == "user.user_id" else found
