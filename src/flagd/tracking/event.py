"""Event: what a sink is told, in Amplitude's terms: exposures to one flag, assignments of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagd.tracking.java_hash import java_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.tracking.given import Given, Outcome

ASSIGNMENT, EXPOSURE = "[Experiment] Assignment", "[Experiment] Exposure"
_PREFIX = "[Experiment]"
_MUTEX = "mutual-exclusion-group"


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        type: `ASSIGNMENT` or `EXPOSURE`.
        given: what it tells of.
        insert_id: equal for what a receiver is to count once.
        properties: of the event.
        user_properties: what it sets and unsets of the user.
        groups: names by group type; empty in assignments.
        flag_key: the flag of an exposure; empty in assignments.
    """

    type: str
    given: Given
    insert_id: str
    properties: Mapping[str, Any]
    user_properties: Mapping[str, Any]
    groups: Mapping[str, list[str]] = field(default_factory=dict)
    flag_key: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the event as Amplitude takes it, without what is empty, ``time`` in milliseconds since 1970."""
        subject = self.given.subject
        whole = {
            "user_id": subject.user_id,
            "device_id": subject.device_id,
            "insert_id": self.insert_id,
            "event_type": self.type,
            "event_properties": self.properties,
            "user_properties": self.user_properties,
            "groups": self.groups or None,
            "time": self.given.at,
        }
        return {name: value for name, value in whole.items() if value is not None}


def assignment(given: Given) -> Event:
    """Return the event that tells which variants were assigned, defaults included."""
    properties: dict[str, Any] = {}
    changed: dict[str, dict[str, str]] = {"$set": {}, "$unset": {}}
    for flag_key, one in given.variants.items():
        told = one.metadata or {}
        properties[f"{flag_key}.variant"] = one.key
        if told.get("flagVersion") is not None and told.get("segmentName") is not None:
            properties[f"{flag_key}.details"] = f"v{told['flagVersion']} rule:{told['segmentName']}"
        if told.get("flagType") == _MUTEX:
            continue
        if told.get("default"):
            changed["$unset"][f"{_PREFIX} {flag_key}"] = "-"
        else:
            changed["$set"][f"{_PREFIX} {flag_key}"] = one.key
    insert_id = f"{given.subject.ids} {java_hash(given.canonical)} {given.day}"
    return Event(ASSIGNMENT, given, insert_id, properties, changed)


def exposures(given: Given) -> Iterator[Event]:
    """Yield an event for each flag of which the user got something, unless the flag says that none is wanted."""
    canonical = given.canonical
    for flag_key, one in given.variants.items():
        told = one.metadata or {}
        if not told.get("default") and told.get("trackExposure") is not False:
            yield _exposure(given, canonical, flag_key, one)


def _exposure(given: Given, canonical: str, flag_key: str, one: Outcome) -> Event:
    told = one.metadata or {}
    properties: dict[str, Any] = {f"{_PREFIX} Flag Key": flag_key, f"{_PREFIX} Variant": one.key or one.value}
    if told.get("experimentKey") is not None:
        properties[f"{_PREFIX} Experiment Key"] = told["experimentKey"]
    if one.metadata:
        properties["metadata"] = told
    is_mutex = told.get("flagType") == _MUTEX
    changed = {"$set": {} if is_mutex else {f"{_PREFIX} {flag_key}": one.key or one.value}, "$unset": {}}
    insert_id = f"{given.subject.ids} {java_hash(f'{flag_key} {canonical}')} {given.day}"
    return Event(EXPOSURE, given, insert_id, properties, changed, given.subject.groups, flag_key)
