"""Proof: whether users get the same from a flag as another system compiled it and as it was imported."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from flagd.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagd.engine import Variant
    from flagd.ruleset import EvaluationFlag

USERS = 100_000
_ID = ("context", "user", "user_id")


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer.

    Attributes:
        proven: whether all users got the same; None where that could not be asked.
        text: the same in words.
    """

    proven: bool | None
    text: str


def proof(key: str, theirs: Mapping[str, EvaluationFlag], ours: Mapping[str, EvaluationFlag], users: int) -> Proof:
    """Ask both forms of the flag `key` for the variants of made-up users, always the same ones.

    Attributes that conditions name have values from the conditions, others, or none, so that users are on both sides
    of each.
    """
    flag = theirs.get(key)
    if flag is None:
        return Proof(None, "not proven: it is not among the compiled flags")
    if key not in ours:
        return Proof(None, "not proven: the imported flag does not compile")
    if _is_withheld(flag) and not _is_withheld(ours[key]):
        return Proof(None, "not proven: Amplitude delivers remote flags without their targeting")
    one, other = Engine(theirs.values()), Engine(ours.values())
    differing = [
        (context, before, after)
        for context in contexts(key, [theirs, ours], users)
        if _said(before := one.variant(context, key)) != _said(after := other.variant(context, key))
    ]
    if not differing:
        return Proof(True, f"proven: {users:,} users get the same as from Amplitude's compiled form")
    context, before, after = differing[0]
    example = f"{context} gets {_name(before)} there and {_name(after)} here"
    return Proof(False, f"NOT the same: {len(differing):,} of {users:,} users get something else; {example}")


def contexts(key: str, forms: Sequence[Mapping[str, EvaluationFlag]], users: int) -> Iterator[dict[str, Any]]:
    """Yield the evaluation contexts of `users` made-up users who tell the conditions of `key` apart."""
    random = Random(key)  # noqa: S311 - chance without secrets
    values: dict[tuple[str, ...], set[str]] = {_ID: set()}
    for flags in forms:
        for flag in _closure(key, flags):
            _collect(flag, values)
    choices = {selector: sorted(found) for selector, found in sorted(values.items())}
    for number in range(users):
        context: dict[str, Any] = {}
        for selector, known in choices.items():
            value = _value(selector, known, number, random)
            if value is not None:
                _put(context, selector[1:], value)
        yield context


def _closure(key: str, flags: Mapping[str, EvaluationFlag]) -> Iterator[EvaluationFlag]:
    waiting, seen = [key], set()
    while waiting:
        name = waiting.pop()
        if name in flags and name not in seen:
            seen.add(name)
            waiting += flags[name].get("dependencies", ())
            yield flags[name]


def _collect(flag: EvaluationFlag, values: dict[tuple[str, ...], set[str]]) -> None:
    for segment in flag["segments"]:
        for condition in (each for group in segment.get("conditions") or () for each in group):
            if condition["selector"][:1] == ["context"]:
                values.setdefault(tuple(condition["selector"]), set()).update(condition["values"])
        bucket = segment.get("bucket")
        if bucket:
            values.setdefault(tuple(bucket["selector"]), set())


def _value(selector: tuple[str, ...], known: Sequence[str], number: int, random: Random) -> Any:  # noqa: ANN401
    """Return a value: mostly one that a condition names, one next to it, one of its own, or none."""
    chance = random.random()
    if selector[-1] == "cohort_ids":
        return [name for name in known if random.random() < 0.5] or None
    if not known:
        return f"user-{number}" if chance > 0.02 else None
    if chance < 0.1:
        return None
    if chance < 0.4:
        return f"user-{number}"
    value = random.choice(known)
    return value if chance < 0.8 else _beside(value, random)


def _beside(value: str, random: Random) -> str:
    if value.lstrip("-").isdecimal():
        return str(int(value) + random.choice((-1, 1)))
    return random.choice((value.upper(), value.lower(), f"{value}0", value[:-1]))


def _put(context: dict[str, Any], path: Sequence[str], value: object) -> None:
    at = context
    for name in path[:-1]:
        at = at.setdefault(name, {})
    at[path[-1]] = value


def _is_withheld(flag: EvaluationFlag) -> bool:
    names = [(segment.get("metadata") or {}).get("segmentName") for segment in flag["segments"]]
    return (flag.get("metadata") or {}).get("evaluationMode") == "remote" and names == ["default"]


def _said(variant: Variant | None) -> object:
    return None if variant is None else (variant.key, variant.value, variant.payload)


def _name(variant: Variant | None) -> str:
    return "nothing" if variant is None else variant.key
