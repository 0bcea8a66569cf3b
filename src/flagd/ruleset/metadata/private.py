"""Private metadata: what segments carry inside our rulesets that neither callers nor Amplitude's SDKs are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment

FULL_ROLLOUT = "fullRollout"
ROLLOUT_START = "rolloutStart"
_PRIVATE = frozenset({FULL_ROLLOUT, ROLLOUT_START})


def private_metadata(segment: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    """Return what `segment` carries as `name`; None where it carries none."""
    return (segment.get("metadata") or {}).get(name)


def public_metadata(segment: Mapping[str, Any]) -> dict[str, Any]:
    """Return what callers are told of the metadata of `segment`."""
    metadata = segment.get("metadata") or {}
    if _PRIVATE.isdisjoint(metadata):
        return metadata
    return {key: value for key, value in metadata.items() if key not in _PRIVATE}


def amplitude_form(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` as Amplitude compiles it: itself where no segment carries more."""
    segments = [_plain(segment) for segment in flag["segments"]]
    if all(after is before for after, before in zip(segments, flag["segments"], strict=True)):
        return flag
    plain = flag.copy()
    plain["segments"] = segments
    return plain


def _plain(segment: EvaluationSegment) -> EvaluationSegment:
    public = public_metadata(segment)
    if public is segment.get("metadata") or not segment.get("metadata"):
        return segment
    plain = segment.copy()
    plain["metadata"] = public
    return plain
