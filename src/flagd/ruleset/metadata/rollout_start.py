"""Rollout start: the bucket that a segment had when the run began that lets users in by it.

By it an answer says whom the run has let in and whom it has not yet. It travels in the segment's private metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.ruleset.metadata.private import ROLLOUT_START, private_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationBucket


def with_rollout_start(metadata: Mapping[str, Any], bucket: EvaluationBucket) -> dict[str, Any]:
    """Return the metadata of a segment that rises, with the bucket that it rises from."""
    return {**metadata, ROLLOUT_START: bucket}


def rollout_start(segment: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the bucket that `segment` rises from; None where it does not rise."""
    return private_metadata(segment, ROLLOUT_START)
