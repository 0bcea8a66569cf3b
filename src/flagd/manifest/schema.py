"""Schema: JSON Schema as a CustomResourceDefinition has it, for what is not made from a model."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def text(description: str, longest: int = 1024) -> Schema:
    """Return the schema of a string of at most `longest` characters."""
    return {"type": "string", "maxLength": longest, "description": description}


def integer(description: str) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", "format": "int64", "description": description}
