"""Difference: what an edit changed in a resource, in the words of its manifest.

Made for logs and Events, so it quotes nothing that may name a user or carry data: of testers, members,
conditions, payloads and free text it says only that they changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.changes.change import REFERENCES, Act, changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.manifest.changes.change import Change
    from flagd.manifest.resource import Resource

QUOTED = frozenset(
    {
        "active",
        "allowRebucket",
        "evaluationMode",
        "expires",
        "experimentKey",
        "exposure",
        "key",
        "match",
        "percent",
        "salt",
        "slot",
        "sticky",
        "testing",
        "type",
        "unit",
        "valueType",
    }
)
"""Fields whose values are shown. Weights are shown too. Everything else may name a user or be long."""

_UNSET = "not set"


def differences(before: Resource, after: Resource) -> tuple[str, ...]:
    """Return what differs between two forms of one resource, each as one line such as ``active false → true``.

    Fields that are absent count as their defaults. Empty where both mean the same.
    """
    return tuple(map(_said, changes(before, after)))


def summary(changes: Sequence[str], most: int = 5) -> str:
    """Return `changes` as one text, the first `most` of them in full and the rest as a number."""
    rest = len(changes) - most
    return ", ".join(changes[:most]) + (f", and {rest} more" if rest > 0 else "")


def _said(change: Change) -> str:
    if change.act is Act.REORDERED:
        return f"{change.path}: order changed"
    if change.act is not Act.SET:
        is_name = change.field in REFERENCES and not change.steps[-1].startswith("[")
        name = f": {change.after if change.act is Act.ADDED else change.before}" if is_name else ""
        return f"{change.path}{name} {change.act}"
    if isinstance(change.before or change.after, list):
        return f"{change.path} changed{_counted(change.before, change.after)}"
    if change.field in QUOTED or "weights" in change.steps[:-1]:
        return f"{change.path} {shown(change.before)} → {shown(change.after)}"
    return f"{change.path} changed"


def _counted(before: object, after: object) -> str:
    old, new = (len(each) if isinstance(each, list) else 0 for each in (before, after))
    return f" ({old} → {new} entries)" if old != new else ""


def shown(value: object) -> str:
    """Return a scalar as a manifest says it."""
    if value is None:
        return _UNSET
    return str(value).lower() if isinstance(value, bool) else str(value)
