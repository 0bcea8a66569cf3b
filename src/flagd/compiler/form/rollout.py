"""Rollout: what the users of one segment get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.form.allocation import allocations
from flagd.compiler.form.bucketing import selector_list
from flagd.manifest.parts.percent import thousandths

if TYPE_CHECKING:
    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.form.weights import Shares
    from flagd.manifest.kinds.flag import Rollout
    from flagd.ruleset.flag import EvaluationBucket, EvaluationSegment

EVERYBODY = 100_000


def effective_thousandths(rollout: Rollout | None) -> int:
    """Return the share that is served, in units of 0.001 %."""
    return 0 if rollout is None else thousandths(rollout.percent)


def compile_rollout(share: int, split: Shares, by: Bucketed) -> EvaluationSegment:
    """Return a segment that matches everybody, admits `share` of 0.001 % and splits them over `split`.

    Nobody and "everybody gets the one variant" need no bucket, as in Amplitude's output: the latter
    also reaches users without a bucketing value.
    """
    if share >= EVERYBODY and len(split) == 1:
        return {"variant": split[0][0]}
    admitted = bucket(share, split, by)
    return {"variant": "off", "bucket": admitted} if admitted["allocations"] else {"variant": "off"}


def bucket(share: int, split: Shares, by: Bucketed) -> EvaluationBucket:
    """Return the bucket that admits `share` of 0.001 % and splits them over `split`."""
    return {"selector": selector_list(by.selector), "salt": by.salt, "allocations": allocations(share, split)}
