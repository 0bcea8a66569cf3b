"""Rules for what decides a user's bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding, warning
from flagd.manifest.rules.condition import check_attribute
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.parts.bucketing import Bucketing
    from flagd.manifest.path import FieldPath


def check_bucketing(bucketing: Bucketing, path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with a bucketing at `path`."""
    yield from check_unit(bucketing.unit, (*path, "unit"))
    key = bucketing.key
    if key is None:
        return
    yield from check_attribute(key, (*path, "key"))
    if key.endswith("cohort_ids"):
        text = f"`{key}` is a list; bucket by one value, such as user.user_id or groups.company.name"
        yield Finding((*path, "key"), "InvalidAttribute", text)


def check_unit(unit: str, path: FieldPath) -> Iterator[Finding]:
    """Yield a warning if the unit at `path` is spelled as if users were meant."""
    if unit != "User" and unit.lower() in ("user", "users"):
        yield warning(path, "DoubtfulUnit", f"{shown(unit)} is the name of a group type; did you mean `User`?")
