"""Plain: what pages show as JSON: the same values, in camelCase."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from pydantic.alias_generators import to_camel


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return `value` made of what JSON knows; dataclasses become objects. Mappings keep their names."""
    if is_dataclass(value) and not isinstance(value, type):
        return {to_camel(field.name): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value
