"""Adjustment: one field of a flag that is live, set by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.failure import Refused
from flagctl.suggestion import suggestion
from flagd.manifest import validate
from flagd.manifest.changes.difference import differences

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is to be set.

    Attributes:
        active: of the flag; None = as it is.
        percent: of a rollout, as manifests write it; None = as it is.
        segment: name of the segment whose rollout it is; None = allOtherUsers.
    """

    active: bool | None = None
    percent: int | str | None = None
    segment: str | None = None

    @property
    def fields(self) -> list[tuple[str, ...]]:
        """The fields that are set."""
        rollout = ("spec", "allOtherUsers", "percent") if self.segment is None else ("spec", "segments")
        active = [("spec", "active")] if self.active is not None else []
        return active + ([rollout] if self.percent is not None else [])

    def merge_of(self, obj: Mapping[str, Any]) -> dict[str, Any]:
        """Return the merge patch that sets it on the Flag `obj`, and on no newer version of it.

        Raises:
            Refused: there is no such segment.
        """
        spec: dict[str, Any] = {} if self.active is None else {"active": self.active}
        if self.percent is not None and self.segment is None:
            spec["allOtherUsers"] = {"percent": self.percent}
        elif self.percent is not None:
            spec["segments"] = self._segments(obj["spec"].get("segments") or [])
        return {"metadata": {"resourceVersion": obj["metadata"]["resourceVersion"]}, "spec": spec}

    def _segments(self, segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = [segment["name"] for segment in segments]
        if self.segment not in names:
            raise Refused(f'the flag has no segment "{self.segment}"; {suggestion(str(self.segment), names)}')
        at = names.index(self.segment)
        changed = {**segments[at], "rollout": {**segments[at]["rollout"], "percent": self.percent}}
        return [*segments[:at], changed, *segments[at + 1 :]]


def changes(before: Mapping[str, Any], merge: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what `merge` changes in the Flag `before`, in words.

    Raises:
        Refused: the result would not be valid.
    """
    spec = {**before["spec"], **merge["spec"]}
    if "allOtherUsers" in merge["spec"]:
        spec["allOtherUsers"] = {**(before["spec"].get("allOtherUsers") or {}), **merge["spec"]["allOtherUsers"]}
    old, _ = validate(_bare(before, before["spec"]))
    new, findings = validate(_bare(before, spec))
    if new is None:
        raise Refused("; ".join(f"{each.path}: {each.message}" for each in findings if each.severity == "error"))
    return () if old is None else differences(old, new)


def _bare(obj: Mapping[str, Any], spec: object) -> dict[str, Any]:
    metadata = {name: obj["metadata"][name] for name in ("name", "namespace") if name in obj["metadata"]}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata, "spec": spec}
