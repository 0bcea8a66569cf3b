"""Repair: an object with its faulty fields filled in, so that the rules can be asked about the rest of it.

Types are checked before rules, and with one wrong type there is no model to check. Authors want all faults at once.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from flagd.manifest.diagnostic import Severity
from flagd.manifest.finding import MAX_FINDINGS
from flagd.manifest.validation.fields import bare, field_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

    from flagd.manifest.finding import Finding
    from flagd.manifest.path import FieldPath
    from flagd.manifest.resource import Resource

MOST_REPAIRS = MAX_FINDINGS
"""Objects with more faults are not repaired: no more findings are shown."""

_CANDIDATES: tuple[Any, ...] = (0, 1, "x", False, [], {}, ["x"], "2027-01-01", "sha256:" + "0" * 64)


def repaired(obj: dict[str, Any], faults: Iterable[FieldPath], model: type[Resource]) -> Resource | None:
    """Return `obj` as a `model` with something valid at each of `faults`; None where that does not succeed."""
    paths = list(dict.fromkeys(faults))
    if len(paths) > MOST_REPAIRS or () in paths:  # at (), a key of the object itself is not text in Unicode
        return None
    filled = dict(obj)
    try:
        for path in paths:
            _repair(filled, path, model)
        return model.model_validate(filled, by_alias=True, by_name=False)
    except (ValidationError, LookupError, TypeError):
        return None


def apart(findings: Iterable[Finding], faults: Iterable[FieldPath]) -> Iterator[Finding]:
    """Yield those errors of `findings`, made of a repaired object, that no repair can have caused."""
    places = tuple(faults)
    variants = any("variants" in place[:2] for place in places)
    for finding in findings:
        if finding.severity is not Severity.ERROR or (finding.reason == "UnknownVariant" and variants):
            continue
        if not any(_related(finding.path, place) for place in places):
            yield finding


def _related(path: FieldPath, place: FieldPath) -> bool:
    shorter = min(len(path), len(place))
    return path[:shorter] == place[:shorter]


def _repair(obj: Any, path: FieldPath, model: type[Resource]) -> None:  # noqa: ANN401
    for part in path[:-1]:
        obj[part] = copy.copy(obj[part])  # what is above the fault, and no more: objects may be deep
        obj = obj[part]
    field, last = field_at(model, path), path[-1]
    if field is not None and not _may_go(field):
        obj[last] = _placeholder(field)
    elif isinstance(last, int):
        obj[last] = "x"
    else:
        obj.pop(last, None)  # a field that no one knows, or that may go; a key or value of a map


def _may_go(field: FieldInfo) -> bool:
    """Return whether the field is a choice that none need make: one made for the author would be judged."""
    return not field.is_required() and get_origin(bare(field.annotation)) is Literal


def _placeholder(field: FieldInfo) -> Any:  # noqa: ANN401
    kind = bare(field.annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _minimal(kind)
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    (item,) = get_args(kind) if get_origin(kind) is list else (None,)
    inner = bare(item)
    models = [[_minimal(inner)]] if isinstance(inner, type) and issubclass(inner, BaseModel) else []
    for candidate in (*_CANDIDATES, *models):
        if _takes(adapter, candidate):
            return candidate
    raise LookupError(field)  # text of a form that is not among the candidates


def _takes(adapter: TypeAdapter[Any], candidate: object) -> bool:
    try:
        adapter.validate_python(candidate, strict=True, by_alias=True, by_name=False)
    except ValidationError:
        return False
    return True


def _minimal(model: type[BaseModel]) -> dict[str, Any]:
    required = {name: field for name, field in model.model_fields.items() if field.is_required()}
    return {field.alias or name: _placeholder(field) for name, field in required.items()}
