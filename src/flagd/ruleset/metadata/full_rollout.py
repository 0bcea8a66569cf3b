"""Full rollout: the bucket that a segment of 0 % would have at 100 %, for Explain alone.

Amplitude compiles 0 % to no bucket, so the compiled form does not say who would come in first. The bucket travels in
the segment's private metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.ruleset.metadata.private import FULL_ROLLOUT, private_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationBucket


def with_full_rollout(metadata: dict[str, Any], bucket: EvaluationBucket) -> dict[str, Any]:
    """Return the metadata of a segment that admits nobody, with the bucket that it would have at 100 %."""
    return {**metadata, FULL_ROLLOUT: bucket}


def full_rollout(segment: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the bucket that `segment` would have at 100 %; None where it does not say."""
    return private_metadata(segment, FULL_ROLLOUT)
