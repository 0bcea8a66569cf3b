"""The form of a sample ratio in the status of a run: read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.engine.split import Part, Split
from flagoperator.rollout.ratio import Ratio, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PARTS = 200
"""Of all segments together; with more, the users of a run are counted again after a restart."""


def written_ratio(ratio: Ratio) -> dict[str, Any]:
    """Return `ratio` as plain data, of which `ratio_from` makes one; the limit is told to people."""
    found: dict[str, Any] = {"limit": f"{ratio.limit:g}"}
    if ratio.restarts:
        found["restarts"] = ratio.restarts
    if ratio.culprit is not None:
        found["found"] = _written_tally(ratio.culprit)
    if sum(len(each.users) for each in ratio.tallies) <= MOST_PARTS:
        found["segments"] = [_written_tally(each) for each in ratio.tallies]
    return found


def ratio_from(record: Mapping[str, Any]) -> Ratio:
    """Return the ratio of which `record` was made."""
    tallies = tuple(_tally(each) for each in record.get("segments") or ())
    culprit = _tally(record["found"]) if "found" in record else None
    return Ratio(tallies, record.get("restarts", 0), culprit)


def _written_tally(tally: Tally) -> dict[str, Any]:
    split = tally.split
    parts = [
        {"arm": part.arm, "variant": part.variant, "width": str(part.width), "users": users}
        for part, users in zip(split.parts, tally.users, strict=True)
    ]
    by = {"selector": list(split.selector), "salt": split.salt}
    return {"name": split.segment, **by, "value": repr(tally.value), "parts": parts}


def _tally(record: Mapping[str, Any]) -> Tally:
    parts = record["parts"]
    split = Split(
        record["name"],
        tuple(record["selector"]),
        record["salt"],
        tuple(Part(each["arm"], each["variant"], int(each["width"])) for each in parts),
    )
    return Tally(split, tuple(each["users"] for each in parts))
