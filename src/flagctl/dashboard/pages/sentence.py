"""Sentence: the rule of a flag as people would say it: ``25 % of Pro in Canada; nobody else``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flagctl.comparison.wording import conditions

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_SEGMENTS = 4


def sentence(spec: Mapping[str, Any]) -> str:
    """Return who gets something of a flag with this spec, at its goals."""
    if not spec.get("active"):
        testers = spec.get("testing", True) and any(each.get("testers") for each in spec.get("variants") or ())
        return "Inactive: only its testers get something" if testers else "Inactive: nobody gets anything"
    segments: Sequence[Mapping[str, Any]] = spec.get("segments") or ()
    parts = [f"{_share(each)} of {each.get('name')}" for each in segments[:_MOST_SEGMENTS]]
    if len(segments) > _MOST_SEGMENTS:
        parts.append(f"{len(segments) - _MOST_SEGMENTS} more segments")
    return "; ".join([*parts, _rest(spec, bool(segments))]) + _needed(spec)


def audience(spec: Mapping[str, Any]) -> str:
    """Return who is meant by ``match``, ``anyOf`` and ``segmentRefs`` that stand together in `spec`."""
    parts = [conditions(spec.get(name)) for name in ("match", "anyOf") if spec.get(name)]
    parts += [f"in segment {name}" for name in spec.get("segmentRefs") or ()]
    return " and ".join(parts) or "everybody"


def _share(segment: Mapping[str, Any]) -> str:
    rollout = segment.get("rollout")
    return f"{rollout.get('percent', 0) if isinstance(rollout, Mapping) else 0} %"


def _rest(spec: Mapping[str, Any], some: bool) -> str:
    percent = str((spec.get("allOtherUsers") or {}).get("percent", 0))
    if percent in {"0", "0.0", "0.00", "0.000"}:
        return "nobody else" if some else "Nobody"
    return f"{percent} % of everybody{' else' if some else ''}"


def _needed(spec: Mapping[str, Any]) -> str:
    needed = spec.get("prerequisites") or {}
    flags = needed.get("flags") or ()
    if not flags:
        return ""
    word = " or " if needed.get("match") == "Any" else " and "
    told = word.join(f"{each.get('key')} is {' or '.join(map(str, each.get('variants') or ()))}" for each in flags)
    return f"; only where {told}"
