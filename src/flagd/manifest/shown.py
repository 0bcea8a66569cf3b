"""Shown: values as messages quote them, short and on one line."""

from __future__ import annotations

import json
from typing import Any

_LONGEST = 60


def shown(value: object) -> str:
    """Return `value` as JSON between backticks, cut where it is long."""
    if isinstance(value, (dict, list)):
        return f"`{_cut(_flat(value))}`"
    return f"`{_cut(value if isinstance(value, str) else json.dumps(value, default=str))}`"


def _flat(value: dict[str, Any] | list[Any]) -> str:
    few = dict(list(value.items())[:5]) if isinstance(value, dict) else value[:5]
    return json.dumps(_shallow(few), ensure_ascii=False, default=str)


def _shallow(value: dict[str, Any] | list[Any]) -> dict[str, Any] | list[Any]:
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    flat = {str(key): "…" if isinstance(part, (dict, list)) else part for key, part in parts}
    return flat if isinstance(value, dict) else list(flat.values())


def _cut(text: str) -> str:
    line = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text[: _LONGEST + 1])
    return line if len(text) <= _LONGEST else line[:_LONGEST] + "…"
