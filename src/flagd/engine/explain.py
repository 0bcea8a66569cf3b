"""Explain."""

from __future__ import annotations

from typing import Any

Explanation = Any


def explain(*args: Any) -> Any:
    return None
