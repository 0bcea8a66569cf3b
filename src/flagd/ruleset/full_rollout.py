"""Full rollout: the bucket that a segment of 0 % would have at 100 %, for Explain alone.

Amplitude compiles 0 % to no bucket, so the compiled form does not say who would come in first. The bucket travels in
the segment's metadata inside our rulesets; neither callers nor Amplitude's SDKs get it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationBucket, EvaluationFlag, EvaluationSegment

_KEY = "fullRollout"


def with_full_rollout(metadata: dict[str, Any], bucket: EvaluationBucket) -> dict[str, Any]:
    """Return the metadata of a segment that admits nobody, with the bucket that it would have at 100 %."""
    return {**metadata, _KEY: bucket}


def full_rollout(segment: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return the bucket that `segment` would have at 100 %; None where it does not say."""
    return (segment.get("metadata") or {}).get(_KEY)


def public_metadata(segment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what callers are told of the metadata of `segment`."""
    metadata = segment.get("metadata") or {}
    return {key: value for key, value in metadata.items() if key != _KEY} if _KEY in metadata else metadata


def amplitude_form(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` as Amplitude compiles it: itself where no segment carries more."""
    segments = [_plain(segment) for segment in flag["segments"]]
    if all(after is before for after, before in zip(segments, flag["segments"], strict=True)):
        return flag
    plain = flag.copy()
    plain["segments"] = segments
    return plain


def _plain(segment: EvaluationSegment) -> EvaluationSegment:
    if full_rollout(segment) is None:
        return segment
    plain = segment.copy()
    plain["metadata"] = public_metadata(segment)
    return plain
