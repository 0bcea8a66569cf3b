"""Fields: what the models know at a path, for messages that name what would be right."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flagd.manifest.path import FieldPath


def field_at(model: type[BaseModel], path: FieldPath) -> FieldInfo | None:
    """Return the field that `path` of `model` names; None if the model does not go so far."""
    *above, name = path
    kind = _type_at(model, tuple(above))
    return _field(kind, name) if _is_model(kind) else None


def field_names_at(model: type[BaseModel], path: FieldPath) -> list[str]:
    """Return the names that a mapping at `path` of `model` may have."""
    kind = _type_at(model, path)
    return [_alias(name, field) for name, field in kind.model_fields.items()] if _is_model(kind) else []


def choices_at(model: type[BaseModel], path: FieldPath) -> tuple[str, ...]:
    """Return the values that the field at `path` of `model` may have; empty if it is not an enumeration."""
    kind = _type_at(model, path)
    return get_args(kind) if get_origin(kind) is Literal else ()


def pattern_at(model: type[BaseModel], path: FieldPath) -> str | None:
    """Return the regular expression that text at `path` of `model` has to match; None if it has to match none."""
    field = field_at(model, path)
    return None if field is None else next(_patterns((field, field.annotation)), None)


def _patterns(parts: Iterable[object]) -> Iterator[str]:
    for each in parts:
        if isinstance(pattern := getattr(each, "pattern", None), str):
            yield pattern
        yield from _patterns(each.metadata if isinstance(each, FieldInfo) else _parts(each))


def _parts(kind: object) -> tuple[object, ...]:
    return get_args(kind) if get_origin(kind) in (Annotated, Union, UnionType) else ()


def _type_at(model: type[BaseModel], path: FieldPath) -> object:
    kind: object = model
    for part in path:
        if _is_model(kind):
            field = _field(kind, part)
            kind = bare(field.annotation) if field else None
        else:
            kind = bare(get_args(kind)[-1]) if get_args(kind) else None
    return kind


def _field(kind: type[BaseModel], part: str | int) -> FieldInfo | None:
    return next((field for name, field in kind.model_fields.items() if _alias(name, field) == part), None)


def _alias(name: str, field: FieldInfo) -> str:
    return field.alias or name


def bare(kind: object) -> object:
    """Return `kind` without annotations and without the union with None."""
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return kind


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
