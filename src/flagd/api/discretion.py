"""Discretion: what callers with a Client key may learn about a variant.

A Client key is in public hands. It may know which variants a user gets, not why: no name of a segment, and nothing of
prerequisites and groups, which may be flags that the key does not open, nor what the flag is bucketed by.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flagd.engine.variant import Reason, Variant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_SEGMENT_NAME = "segmentName"


class Discretion:
    """Variants as Client keys read them, each made once: what is made of a variant goes with it."""

    def __init__(self) -> None:
        self._told: WeakKeyDictionary[Variant, Variant] = WeakKeyDictionary()

    def told(self, variant: Variant) -> Variant:
        """Return what such callers get of `variant`."""
        told = self._told.get(variant)
        if told is None:
            told = self._told[variant] = _told(variant)
        return told


def _told(variant: Variant) -> Variant:
    reason = Reason.DEFAULT if variant.reason is Reason.PREREQUISITE else variant.reason
    return replace(variant, metadata=_without_segment(variant.metadata), reason=reason, segment="", missing="")


def _without_segment(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != _SEGMENT_NAME}
