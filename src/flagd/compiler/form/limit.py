"""Limit: a flag whose percentages reach less far than its manifest asks for, because they rise step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.form.flag import NOBODY
from flagd.compiler.form.rollout import EVERYBODY
from flagd.compiler.form.weights import DISTRIBUTIONS
from flagd.manifest.model import RESERVED_SEGMENT_NAMES
from flagd.manifest.parts.percent import percent_text, thousandths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.manifest.kinds import Flag
    from flagd.manifest.kinds.flag import Rollout
    from flagd.ruleset.flag import EvaluationAllocation, EvaluationFlag, EvaluationSegment

REST = "All Other Users"

Limits = dict[str, int]
"""How far each allocation reaches at most, in units of 0.001 %, by the name of its segment, or `REST`."""


def limited(flag: Flag, limits: Mapping[str, int]) -> Flag:
    """Return `flag` with no percentage above that of `limits`; one that has no limit admits nobody."""
    return _with_shares(flag, lambda name, share: min(share, limits.get(name, 0)))


def without_percents(flag: Flag) -> Flag:
    """Return `flag` with every percentage at 50 and no generation: what is the same whatever its percentages are.

    Not at 100: everybody with one variant needs no bucket, and so shows no salt.
    """
    found = _with_shares(flag, lambda _name, _share: EVERYBODY // 2)
    return found.model_copy(update={"metadata": flag.metadata.model_copy(update={"generation": 0})})


def admitted(flag: EvaluationFlag) -> Limits:
    """Return how far each allocation of a compiled flag reaches; nothing of a flag that is inactive."""
    named = [(str(each.get("metadata", {}).get("segmentName", "")), each) for each in flag["segments"]]
    return {name: _share(each) for name, each in named if name == REST or name not in RESERVED_SEGMENT_NAMES}


def _with_shares(flag: Flag, share: Callable[[str, int], int]) -> Flag:
    spec = flag.spec
    segments = [
        each.model_copy(update={"rollout": _with_share(each.rollout, each.name, share)}) for each in spec.segments
    ]
    rest = _with_share(spec.all_other_users or NOBODY, REST, share)
    return flag.model_copy(update={"spec": spec.model_copy(update={"segments": segments, "all_other_users": rest})})


def _with_share(rollout: Rollout, name: str, share: Callable[[str, int], int]) -> Rollout:
    asked = thousandths(rollout.percent)
    given = share(name, asked)
    return rollout if given == asked else rollout.model_copy(update={"percent": percent_text(given)})


def _share(segment: EvaluationSegment) -> int:
    bucket = segment.get("bucket")
    if bucket is None:
        return 0 if segment.get("variant", "off") == "off" else EVERYBODY
    return sum(map(_width, bucket["allocations"]))


def _width(allocation: EvaluationAllocation) -> int:
    start, end = allocation["range"]
    if end - start > 1:
        return 1000 * (end - start)
    # The one allocation that may be a fraction: of every variant's own range only the first part is given out.
    covered = sum(high - low for low, high in (each["range"] for each in allocation["distributions"]))
    return min(1000, round(1000 * covered / DISTRIBUTIONS))
