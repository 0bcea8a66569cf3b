"""Field paths: ``("spec", "segments", 0, "name")`` inside, ``spec.segments[0].name`` for people."""

from __future__ import annotations

import re

FieldPath = tuple[str | int, ...]
"""Keys and list positions from the root of a resource."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_STEP = re.compile(r"\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]", re.ASCII | re.DOTALL)


def format_path(path: FieldPath) -> str:
    """Return `path` as text; odd keys stand in brackets: ``spec.metadata['a.b']``."""
    text = "".join(_step(part) for part in path)
    return text.removeprefix(".")


def parse_path(text: str) -> FieldPath:
    """Return the path that `text` spells; the inverse of `format_path`. Text that is not a path ends it early."""
    path: list[str | int] = []
    position = 0
    while found := _STEP.match(text, position):
        name, index, quoted = found.groups()
        path.append(name or (int(index) if index is not None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)))
        position = found.end()
    return tuple(path)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _PLAIN.fullmatch(part):
        return f".{part}"
    quoted = part.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"
