"""Deployment: the keys that admit callers, sent separately from the flags that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Deployment:
    """A kind of caller.

    Attributes:
        type: ``Client`` keys evaluate; ``Server`` keys also explain and read rulesets.
        key_hashes: ``sha256:<hex>`` of every valid key.
    """

    type: Literal["Client", "Server"]
    key_hashes: frozenset[str]
