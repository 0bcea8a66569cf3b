"""Ratio line: how the users of a run are divided, drawn: evidence against its limit, who was seen, who was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.rollout.division import divisions_of
from flagctl.rollout.evidence_line import bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagctl.rollout.division import Division, Share


def ratio_lines(rollout: Mapping[str, Any]) -> list[str]:
    """Return a line for each segment whose users were seen, from ``status.rollout``."""
    return [_line(each) for each in divisions_of(rollout)]


def _line(division: Division) -> str:
    mark, shares = "✖" if division.mismatched else "✔", ", ".join(map(_share, division.shares))
    drawn = f"{bar(division.value, division.limit)} {division.value:.3g} of {division.limit:g}"
    return f"{mark} {division.segment}: {drawn}, {shares} of {division.users} users"


def _share(share: Share) -> str:
    return f"{share.arm} {share.variant} {share.users} ({share.expected:.3g} % expected)"
