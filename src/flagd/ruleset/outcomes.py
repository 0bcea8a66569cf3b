"""Outcomes: which variants a flag may give to anybody, and the one of a flag that is settled."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from flagd.ruleset.canonical import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Settled:
    """What a flag gives to everybody.

    Attributes:
        variant: its key.
        digest: the first 8 hexadecimal digits of the hash of its value and payload.
    """

    variant: str
    digest: str


def settled(compiled: EvaluationFlag) -> Settled | None:
    """Return what everybody gets; None where users may get different variants."""
    keys = outcomes(compiled)
    if len(keys) != 1:
        return None
    (key,) = keys
    variant = compiled["variants"].get(key)
    content = canonical_json([variant.get("value"), variant.get("payload")] if variant else [])
    return Settled(key, sha256(content).hexdigest()[:_DIGITS])


def outcomes(compiled: EvaluationFlag) -> frozenset[str]:
    """Return the keys of the variants that some user may get."""
    keys: set[str] = set()
    for segment in compiled["segments"]:
        if segment.get("conditions") == []:
            continue
        keys.update(_of_bucket(segment))
        default = segment.get("variant")
        if default is not None:
            keys.add(default)
            if not segment.get("conditions"):
                break
    return frozenset(keys)


def _of_bucket(segment: EvaluationSegment) -> Iterator[str]:
    bucket = segment.get("bucket")
    for allocation in bucket["allocations"] if bucket else ():
        for distribution in allocation["distributions"]:
            yield distribution["variant"]
