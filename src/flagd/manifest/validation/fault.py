"""Faults: pydantic's errors, said so that the author of a manifest can fix them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from flagd.manifest.finding import Finding
from flagd.manifest.model import DNS_LABEL, DNS_SUBDOMAIN, ONE_LINE
from flagd.manifest.parts.condition import EXISTENCE_OPERATORS, OPERATOR_SYNONYMS
from flagd.manifest.rules.float_text import digits_of
from flagd.manifest.shown import shown
from flagd.manifest.unknown_field import unknown_field
from flagd.manifest.validation.fields import choices_at, field_at, field_names_at, pattern_at
from flagd.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from flagd.manifest.kind import Kind
    from flagd.manifest.path import FieldPath
    from flagd.manifest.resource import Resource

    Spelling = Callable[[FieldPath], str | None]

MAX_FAULTS = 200
"""What is looked at of one resource; a list of unquoted numbers makes a fault for each."""

_WANTED = {
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_FORMS = {
    ONE_LINE: "has a space at one end, or a line break or another control character; leave it out",
    DNS_SUBDOMAIN: "is not a Kubernetes name; write lower case letters, digits, `-` and `.`, such as new-checkout",
    DNS_LABEL: "is not a namespace; write lower case letters, digits and `-`, such as shop",
}
_WORDS = {"true": "true", "false": "false", "yes": "true", "no": "false", "on": "true", "off": "false"}


def explain(error: ValidationError, obj: object, kind: Kind, spelling: Spelling) -> Iterator[Finding]:
    """Yield what `error` says as findings, without those that follow from another one.

    `obj` is what was validated, as one of `kind`; `spelling` returns how an unquoted scalar was written in the file.
    """
    faults = [(_path(fault), fault) for fault in islice(error.errors(include_url=False), MAX_FAULTS)]
    unknown = [path for path, fault in faults if fault["type"] == "extra_forbidden"]
    meant = {(*path[:-1], nearest(str(path[-1]), field_names_at(kind.model, path[:-1]))) for path in unknown}
    for path, fault in faults:
        if fault["type"] != "missing" or path not in meant:
            yield _finding(fault, path, kind, spelling)
        if fault["type"] == "string_type" and isinstance(path[-1], int):
            yield from _also_no_text(obj, path, spelling)


def fault_paths(error: ValidationError) -> list[FieldPath]:
    """Return where the faults are, at most `MAX_FAULTS`."""
    return [_path(fault) for fault in islice(error.errors(include_url=False, include_input=False), MAX_FAULTS)]


def _path(fault: ErrorDetails) -> FieldPath:
    return tuple(part for part in fault["loc"] if part != "[key]")


def _also_no_text(obj: object, path: FieldPath, spelling: Spelling) -> Iterator[Finding]:
    """Yield findings for what is not text either in the list in which `path` is the first: there the models stop."""
    *above, first = path
    values: Any = obj
    for part in above:
        values = values[part]
    for index, value in enumerate(values):
        if index > int(first) and not isinstance(value, str):
            at = (*above, index)
            yield Finding(at, "WrongType", _wrong_type(value, "text", spelling(at)))


def _finding(fault: ErrorDetails, path: FieldPath, kind: Kind, spelling: Spelling) -> Finding:
    sort, value, context, model = fault["type"], fault["input"], fault.get("ctx", {}), kind.model
    if sort == "extra_forbidden":
        return unknown_field(path, field_names_at(model, path[:-1]))
    if sort == "missing":
        return Finding(path, "MissingField", _missing(path, model))
    if sort == "literal_error":
        return Finding(path, "UnknownValue", _unknown_value(value, choices_at(model, path), path[-1] == "op"))
    if sort in _WANTED:
        spelled, pattern = spelling(path), pattern_at(model, path)
        text = _unformed(value, spelled, pattern, kind) if sort == "string_type" and pattern else ""
        return Finding(path, "WrongType", text or _wrong_type(value, _WANTED[sort], spelled))
    if sort == "string_pattern_mismatch":
        return Finding(path, "InvalidForm", f"{shown(value)} {_form(context['pattern'], kind)}")
    if sort in ("too_long", "too_short", "string_too_long", "string_too_short"):
        return Finding(path, "LimitExceeded" if "long" in sort else "Empty", _size(value, context))
    if sort in ("greater_than_equal", "less_than_equal"):
        return Finding(path, "OutOfRange", f"{shown(value)} is {_beyond(context)}")
    if sort[0].isupper():
        return Finding(path, sort, fault["msg"] if sort == "UnquotedFraction" else f"{shown(value)} {fault['msg']}")
    return Finding(path, "Invalid", f"{shown(value)}: {fault['msg']}")


def _unformed(value: object, spelled: str | None, pattern: str, kind: Kind) -> str:
    """Return what to say of a number or boolean that would not be right as text either; empty where it would."""
    if not isinstance(value, (bool, int, float)):
        return ""
    written = spelled or shown(value).strip("`")
    return "" if re.search(pattern, written) else f"`{written}` {_form(pattern, kind)}"


def _form(pattern: str, kind: Kind) -> str:
    return kind.forms.get(pattern) or _FORMS.get(pattern) or f"does not match the pattern `{pattern}`"


def _missing(path: FieldPath, model: type[Resource]) -> str:
    field = field_at(model, path)
    meaning = f": {field.description}" if field and field.description else ""
    return f"`{path[-1]}` is missing{meaning}"


def _unknown_value(value: object, known: tuple[str, ...], operator: bool) -> str:
    near = nearest(value, known) if isinstance(value, str) else None
    if operator and isinstance(value, str):
        words = " ".join(re.sub("([a-z])([A-Z])", r"\1 \2", value).lower().replace("_", " ").replace("-", " ").split())
        if words in EXISTENCE_OPERATORS:
            return f'unknown value {shown(value)}, did you mean `{EXISTENCE_OPERATORS[words]}` with the value "(none)"?'
        near = words if words in known else OPERATOR_SYNONYMS.get(words, near)
    listed = ", ".join(f"`{one}`" for one in known)
    return f"unknown value {shown(value)}, did you mean `{near}`?" if near else f"{shown(value)} is not one of {listed}"


def _wrong_type(value: object, wanted: str, spelled: str | None) -> str:
    if value is None:
        return f"has no value; write {wanted}, or leave the field out"
    if wanted == "a string" and isinstance(value, (bool, int, float)):
        written = spelled or shown(value).strip("`")
        what = f"the boolean {str(value).lower()}" if isinstance(value, bool) else "a number"
        digits = digits_of(written)
        if digits is not None:
            return f'`{written}` without quotes is a number; quote its digits: "{digits}", in the values of a chart too'
        return f'`{written}` without quotes is {what}; quote it: "{written}"'
    if wanted == "true or false" and isinstance(value, str) and value.lower() in _WORDS:
        return f'"{value}" is a string; write {_WORDS[value.lower()]} without quotes'
    if wanted == "a whole number" and isinstance(value, str):
        return (
            f'"{value}" is a string; write {wanted} without quotes'
            if value.isdecimal()
            else f"{shown(value)} is a string; write {wanted}"
        )
    return f"{shown(value)} is {_kind(value)}; write {wanted}"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a string"


def _size(value: object, context: dict[str, Any]) -> str:
    count = len(value) if isinstance(value, (str, list, dict)) else context.get("actual_length", "?")
    things = "characters" if isinstance(value, str) else "entries"
    if "max_length" in context:
        return f"has {count:,} {things}; at most {context['max_length']:,} are allowed"
    if count == 0:
        return "is empty; leave it out or fill it"
    return f"has {count:,} {things}; at least {context['min_length']:,} are required"


def _beyond(context: dict[str, Any]) -> str:
    return f"below {context['ge']}" if "ge" in context else f"above {context['le']:,}"
