"""Wording: a change of a manifest as a reader says it: ``US and Canada 5 % → 25 %``.

Unlike what logs say (`flagd.manifest.changes.difference`) it quotes values: who reads a diff may read the manifests.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flagd.manifest import Flag
from flagd.manifest.changes.change import REFERENCES, Act, Change
from flagd.manifest.changes.difference import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.manifest import Resource

_MOST_VALUES = 5
_MOST_CHARACTERS = 80
_REST = "All Other Users"


def words(change: Change) -> str:
    """Return `change` as a phrase."""
    where, steps = _place(change.steps)
    return f"{where} {_what(change, steps)}".strip()


def newcomer(resource: Resource) -> str:
    """Return what a flag that is new does: ``inactive``, or who gets how much of it; empty for what is not a flag."""
    if not isinstance(resource, Flag):
        return ""
    spec = resource.spec
    if not spec.active:
        return "inactive"
    rest = 0 if spec.all_other_users is None else spec.all_other_users.percent
    parts = [f"{segment.name} {_share(segment.rollout.percent)}" for segment in spec.segments]
    return ", ".join([*parts, f"{_REST} {_share(rest)}"])


def _place(steps: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return whose part it is, for people, and the steps from there."""
    match steps:
        case ["segments", name, "rollout", *rest] if rest:
            return name[1:-1], rest
        case ["segments", name, *rest] if rest:
            return f"{name[1:-1]}:", rest
        case ["allOtherUsers", *rest] if rest:
            return _REST, rest
        case ["variants", name, *rest] if rest:
            return f"variant {name[1:-1]}:", rest
    return "", steps


def _what(change: Change, steps: Sequence[str]) -> str:
    path = "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")
    match list(steps), change.act:
        case _, Act.REORDERED:
            return f"{path}: order {_listed(change.before)} → {_listed(change.after)}"
        case [field], Act.ADDED | Act.REMOVED if field in REFERENCES:
            return f"{path}: {_sign(change)}{change.after or change.before}"
        case ["segments", name], _:
            return f"segment {name[1:-1]} {change.act}: {_segment(change.after or change.before)}"
        case ["variants", name], _:
            return f"variant {name[1:-1]} {change.act}"
        case _, Act.ADDED | Act.REMOVED:
            return f"{path} {change.act}"
        case [*_, "percent"], _:
            return f"{_share(change.before)} → {_share(change.after)}"
        case ["weights", variant], _:
            return f"weight of {variant} {shown(change.before)} → {shown(change.after)}"
    return f"{path}{_values(change.field, change.before, change.after)}"


def _sign(change: Change) -> str:
    return "+" if change.act is Act.ADDED else "−"


def _share(percent: object) -> str:
    return f"{percent or 0} %"


def _values(field: str, before: Any, after: Any) -> str:  # noqa: ANN401
    if field in {"match", "anyOf"} and isinstance(before or after, list):
        return f": {_edited(before, after) or f'{conditions(before)} → {conditions(after)}'}"
    if _are_texts(before) and _are_texts(after) and (before or after):
        return f": {_came_and_went(before or [], after or [])}"
    if _are_lists(before) and _are_lists(after):
        old, new = _flat(before), _flat(after)
        return f": {_came_and_went(old, new)}"
    return f" {_text(before)} → {_text(after)}"


def _segment(entry: Mapping[str, Any]) -> str:
    audience = [conditions(entry.get(field)) for field in ("match", "anyOf") if entry.get(field)]
    audience += [f"segment {name}" for name in entry.get("segmentRefs") or ()]
    return f"{_share(entry['rollout']['percent'])} of {' and '.join(audience)}"


def conditions(value: Iterable[Mapping[str, Any]] | None) -> str:
    """Return conditions, or groups of which one must hold, as a phrase."""
    entries = list(value or ())
    if not entries:
        return "everybody"
    if all("match" in entry for entry in entries):
        return " or ".join(f"({conditions(entry['match'])})" for entry in entries)
    return " and ".join(_condition(entry) for entry in entries)


def _condition(entry: Mapping[str, Any]) -> str:
    return f"{_comparison(entry)} {_listed(entry['values'])}"


def _comparison(entry: Mapping[str, Any]) -> str:
    return f"{entry['attribute']} {entry['op']}" if entry.get("attribute") else str(entry["op"])


def _edited(before: Sequence[Mapping[str, Any]] | None, after: Sequence[Mapping[str, Any]] | None) -> str:
    """Return which values came and went, where only values differ; empty where more does."""
    old, new = before or [], after or []
    if any("match" in entry for entry in (*old, *new)) or [*map(_comparison, old)] != [*map(_comparison, new)]:
        return ""
    pairs = [(one, other) for one, other in zip(old, new, strict=True) if one["values"] != other["values"]]
    return " and ".join(f"{_comparison(new)} {_came_and_went(old['values'], new['values'])}" for old, new in pairs)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_VALUES
    return ", ".join(map(str, names[:_MOST_VALUES])) + (f" and {more:,} more" if more > 0 else "")


def _came_and_went(before: Sequence[str], after: Sequence[str]) -> str:
    old, new = set(before), set(after)
    came, went = [name for name in after if name not in old], [name for name in before if name not in new]
    parts = [f"+{_listed(came)}"] if came else []
    parts += [f"−{_listed(went)}"] if went else []
    return "; ".join(parts) or "order changed"


def _are_texts(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def _are_lists(value: object) -> bool:
    """Return whether `value` is a mapping of lists of texts, or of such mappings, as testers are."""
    return value is None or (
        isinstance(value, dict) and all(_are_texts(each) or _are_lists(each) for each in value.values())
    )


def _flat(value: Mapping[str, Any] | None) -> list[str]:
    found: list[str] = []
    for name, each in (value or {}).items():
        entries = _flat(each) if isinstance(each, dict) else each or ()
        found += [f"{name} {entry}" for entry in entries]
    return found


def _text(value: object) -> str:
    if not isinstance(value, dict | list):
        return _cut(shown(value))
    return _cut(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
