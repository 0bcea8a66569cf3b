"""Bucketing: which value decides a user's bucket, and the salt hashed before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.condition.attribute import format_attribute, parse_attribute
from flagd.manifest.kinds import Flag

if TYPE_CHECKING:
    from flagd.compiler.findings import Findings
    from flagd.manifest.kinds import FlagGroup
    from flagd.manifest.parts.bucketing import Bucketing

USER_ID = ("context", "user", "user_id")


@dataclass(frozen=True, slots=True)
class Bucketed:
    """What a flag buckets by. If any of it changes, users change variant.

    Attributes:
        unit: ``User``, or a group type; None where only the compiled flag is known, which does not say.
        selector: where the hashed value stands in the context.
        salt: hashed before the value.
    """

    unit: str | None
    selector: tuple[str, ...]
    salt: str


@lru_cache(maxsize=4096)
def selector_list(selector: tuple[str, ...]) -> list[str]:
    """Return `selector` as a list that all compiled flags share."""
    return list(selector)


def bucketed(bucketing: Bucketing, key: str) -> Bucketed:
    """Return what the flag or group `key` buckets by, with the defaults filled in."""
    unit = bucketing.unit
    selector: tuple[str, ...] = USER_ID if unit == "User" else ("context", "groups", unit, "group_name")
    if bucketing.key is not None:
        selector = parse_attribute(bucketing.key)
    return Bucketed(unit, selector, key if bucketing.salt is None else bucketing.salt)


def check_rebucketing(resource: Flag | FlagGroup, before: Bucketed, after: Bucketed, findings: Findings) -> None:
    """Note an error for everything in `after` that would move users between variants, unless `resource` allows it."""
    if not isinstance(resource, Flag):
        _refuse_change(before, after, findings, "make a new FlagGroup instead")
    elif not resource.spec.allow_rebucket:
        _refuse_change(before, after, findings, "set `allowRebucket: true` if that is meant")


def _refuse_change(before: Bucketed, after: Bucketed, findings: Findings, remedy: str) -> None:
    changes = (
        ("unit", before.unit, after.unit),
        ("key", format_attribute(before.selector), format_attribute(after.selector)),
        ("salt", before.salt, after.salt),
    )
    for field, old, new in changes:
        if old != new and old is not None:
            findings.error(
                "RebucketRefused",
                f"bucketing {field} changed from {old!r} to {new!r}, which moves users between variants; {remedy}",
                f"spec.bucketing.{field}",
            )
