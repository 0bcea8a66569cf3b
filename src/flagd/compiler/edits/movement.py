"""Movement: the share of users who lose their variant by an edit of variants, weights or percentage, computed exactly.

Compared is what a bucket gives before and after, segment by segment, each known by its name. Who comes in moves nobody,
and who leaves because the percentage is lowered is meant to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from flagd.compiler.findings import Findings
from flagd.compiler.form.weights import DISTRIBUTIONS
from flagd.manifest.model import RESERVED_SEGMENT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment

REST = "All Other Users"
_OFF = "off"
_ALLOCATIONS = 100
BUCKETS = _ALLOCATIONS * DISTRIBUTIONS
"""How many buckets there are: pairs of an allocation and a distribution."""
GROUP_PATHS = {"mutual-exclusion-group": "spec.slots", "holdout-group": "spec.holdout"}
_NOBODY = 0.000_05
"""Ranges meet with an overlap of one or two distributions: this is not a movement."""

Row = tuple[tuple[int, int, str], ...]
"""Start, end and variant of ranges of distributions; the first that holds one decides."""


@dataclass(frozen=True, slots=True)
class Movement:
    """What an edit does in one segment to the users who have a variant there.

    Attributes:
        segment: its name.
        changed: the share of them, 0 to 1, who get another variant.
        left: the share of them who get none any more though the percentage is not lower.
    """

    segment: str
    changed: float
    left: float

    @property
    def text(self) -> str:
        """The text for people."""
        parts = []
        if self.changed > _NOBODY:
            parts.append(f"{self.changed:.2%} of the users who have a variant get another one")
        if self.left > _NOBODY:
            parts.append(
                f"{self.left:.2%} of the users who have a variant lose it, because the percentage is a fraction"
            )
        return f"this edit moves users in {self.segment}: {', and '.join(parts)}"


def warnings_of_movements(before: EvaluationFlag, after: EvaluationFlag, ref: ResourceRef) -> list[Diagnostic]:
    """Return a warning for every segment in which users move from `before` to `after`, two forms of one."""
    findings = Findings(ref)
    for movement in movements(before["segments"], after["segments"]):
        findings.warning("UsersMove", movement.text, _path(movement.segment, after))
    return findings.diagnostics


def movements(before: Iterable[EvaluationSegment], after: Iterable[EvaluationSegment]) -> Iterator[Movement]:
    """Yield what happens in each segment that stands in both and buckets by the same."""
    known = {segment_name(segment): segment for segment in before}
    for segment in after:
        name = segment_name(segment)
        earlier = known.get(name)
        if (
            earlier is None
            or earlier == segment
            or (name != REST and name in RESERVED_SEGMENT_NAMES)
            or not same_bucket(earlier, segment)
        ):
            continue
        movement = _movement(name, earlier, segment)
        if max(movement.changed, movement.left) > _NOBODY:
            yield movement


def flow(before: EvaluationSegment, after: EvaluationSegment) -> dict[tuple[str, str], int]:
    """Return how many of the `BUCKETS` go from which variant to which, where both segments bucket by the same."""
    pairs = Counter(zip(_rows(before), _rows(after), strict=True))
    widths: Counter[tuple[str, str]] = Counter()
    for (old, new), times in pairs.items():
        edges = sorted({0, DISTRIBUTIONS, *(edge for start, end, _ in (*old, *new) for edge in (start, end))})
        for start, end in pairwise(edges):
            widths[_at(old, start), _at(new, start)] += (end - start) * times
    return dict(widths)


def _movement(name: str, before: EvaluationSegment, after: EvaluationSegment) -> Movement:
    widths = flow(before, after)
    had = sum(width for (old, _), width in widths.items() if old != _OFF) or 1
    has = sum(width for (_, new), width in widths.items() if new != _OFF)
    changed = sum(width for (old, new), width in widths.items() if old != new and _OFF not in (old, new))
    left = sum(width for (old, new), width in widths.items() if old != _OFF and new == _OFF)
    lowered = has < had * (1 - _NOBODY)
    return Movement(name, changed / had, 0 if lowered else left / had)


def _rows(segment: EvaluationSegment) -> list[Row]:
    bucket = segment.get("bucket")
    if bucket is None:
        return [((0, DISTRIBUTIONS, segment.get("variant", _OFF)),)] * _ALLOCATIONS
    rows: list[Row] = [()] * _ALLOCATIONS
    for allocation in bucket["allocations"]:
        ranges = tuple((*part["range"], part["variant"]) for part in allocation["distributions"])
        start, end = allocation["range"]
        rows[start:end] = [row + ranges for row in rows[start:end]]  # type: ignore[operator]
    return rows


def _at(row: Row, distribution: int) -> str:
    return next((variant for start, end, variant in row if start <= distribution < end), _OFF)


def same_bucket(before: EvaluationSegment, after: EvaluationSegment) -> bool:
    """Return whether every user has one bucket in both segments."""
    # Nobody, and everybody with one variant, need no bucket; salt and key are guarded by themselves.
    one, other = before.get("bucket"), after.get("bucket")
    return one is None or other is None or (one["salt"], one["selector"]) == (other["salt"], other["selector"])


def segment_name(segment: EvaluationSegment) -> str:
    """Return what the manifest calls `segment`."""
    return str(segment.get("metadata", {}).get("segmentName", ""))


def _path(segment: str, flag: EvaluationFlag) -> str:
    flag_type = flag.get("metadata", {}).get("flagType", "")
    if flag_type in GROUP_PATHS:
        return GROUP_PATHS[flag_type]
    return path_in_flag(
        segment, [name for each in flag["segments"] if (name := segment_name(each)) not in RESERVED_SEGMENT_NAMES]
    )


def path_in_flag(segment: str, names: Sequence[str]) -> str:
    """Return the path of the rollout of `segment` in a flag whose segments have `names`."""
    return "spec.allOtherUsers" if segment == REST else f"spec.segments[{names.index(segment)}].rollout"
