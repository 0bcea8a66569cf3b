"""Flags: what is measured: resources as a team would have written them, of about 1 KB."""

from __future__ import annotations

from typing import Any

from flagd.v1.evaluation_pb2 import User

API_VERSION = "flagoperator.dev/v1alpha1"
KNOWN_USER = User(user_id="ann", country="US")
"""Whoever is in this country gets a variant of every flag, and its payload says how often the flag was changed."""
SHARED = "recent-apps"
DESCRIPTION = (
    "The new checkout: one page, two columns, address and payment side by side. First for users in North America, "
    "then for recent apps on iOS, then for one in a hundred of everybody else. Owned by the checkout team; the "
    "numbers that decide are completed orders and calls to support within a week. Remove when everybody has it."
)


def key_of(number: int) -> str:
    """Name and key of a flag."""
    return f"flag-{number:05}"


def flag(key: str, mark: int) -> dict[str, Any]:
    """A flag whose answer to the known user carries `mark`."""
    spec = {
        "active": True,
        "owner": "team-checkout",
        "description": DESCRIPTION,
        "variants": [
            {"key": "on", "name": "two columns", "payload": {"columns": 2, "theme": "dark", "mark": mark}},
            {"key": "control", "name": "one column", "payload": {"columns": 1, "theme": "dark", "mark": mark}},
        ],
        "segments": [
            {
                "name": "users in North America",
                "match": [{"attribute": "user.country", "op": "is", "values": ["US", "CA", "MX"]}],
                "rollout": {"percent": 100, "weights": {"on": 1, "control": 1}},
            },
            {
                "name": "recent apps on iOS",
                "match": [{"attribute": "user.platform", "op": "is", "values": ["iOS"]}],
                "segmentRefs": [SHARED],
                "rollout": {"percent": 10},
            },
        ],
        "allOtherUsers": {"percent": 1},
    }
    return {"apiVersion": API_VERSION, "kind": "Flag", "metadata": {"name": key}, "spec": spec}


def shared_segment() -> dict[str, Any]:
    """The segment that every flag refers to."""
    match = [{"attribute": "user.version", "op": "version greater or equal", "values": ["4.2.0"]}]
    return {"apiVersion": API_VERSION, "kind": "FlagSegment", "metadata": {"name": SHARED}, "spec": {"match": match}}
