"""Evidence line: a guard that compares, drawn: E against its limit, samples, and the ratio so far."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 20


def evidence_line(told: Mapping[str, Any]) -> str:
    """Return what the status says of a comparison, in one line; "not compared yet" where it says nothing.

    The bar goes from E = 1 to the limit, by orders of magnitude: as much as one more failure adds, wherever E stands.
    """
    compared = told.get("compared")
    if not compared:
        return str(told.get("trouble", "not compared yet"))
    treated, control = _arm(compared.get("treated")), _arm(compared.get("control"))
    limit, e = float(compared.get("limit", 1)), float(told.get("value", 1))
    counts = f"treated {_counts(treated)}, control {_counts(control)}{_ratio(treated, control)}"
    trouble = f"; {told['trouble']}" if told.get("trouble") else ""
    return f"E {bar(e, limit)} {e:.3g} of {limit:g}, {counts}{trouble}"


def _arm(told: Mapping[str, Any] | None) -> tuple[float, float]:
    found = told or {}
    return float(found.get("failures", 0)), float(found.get("attempts", 0))


def _counts(arm: tuple[float, float]) -> str:
    return f"{arm[0]:.0f} of {arm[1]:.0f} failed"


def _ratio(treated: tuple[float, float], control: tuple[float, float]) -> str:
    if not (treated[1] and control[0] and control[1]):
        return ""
    return f", ratio {treated[0] / treated[1] / (control[0] / control[1]):.2f}"


def bar(e: float, limit: float) -> str:
    """Return evidence `e` drawn from 1 to `limit`, by orders of magnitude."""
    part = log(e) / log(limit) if e > 1 and limit > 1 else 0.0
    filled = min(WIDTH, int(WIDTH * part))
    return "█" * filled + "░" * (WIDTH - filled)
