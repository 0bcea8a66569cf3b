"""Structural schemas: the models as a CustomResourceDefinition wants them.

pydantic gives JSON Schema with references, titles, defaults and unions with null. Kubernetes wants
everything in place, no default under ``spec`` (GitOps tools would see drift) and a description of
every field, for ``kubectl explain``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.cel import RULES
from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from pydantic import BaseModel

Schema = dict[str, Any]

_KEPT = (
    "description",
    "type",
    "format",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "maxProperties",
    "required",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
)
_BOUNDS = {"ge": "minimum", "le": "maximum"}


def structural(model: type[BaseModel]) -> Schema:
    """Return the structural schema of `model`, with its CEL rules."""
    schema = model.model_json_schema(by_alias=True)
    return _convert(schema, schema.get("$defs", {}))


def _convert(schema: Schema, parts: dict[str, Schema]) -> Schema:
    schema = _flat(schema, parts)
    found = {key: schema[key] for key in _KEPT if key in schema}
    found |= {bound: schema[name] for name, bound in _BOUNDS.items() if name in schema}
    if isinstance(schema.get("type"), list):
        # A union of types is not structural.
        del found["type"]
    if "const" in schema:
        found["enum"] = [schema["const"]]
    if "default" in schema and not isinstance(schema["default"], (dict, list, type(None))):
        found["description"] += f" Default: {shown(schema['default']).strip('`')}."
    if "properties" in schema:
        model, fields = schema.get("title", ""), schema["properties"].items()
        found["properties"] = {name: _ruled(_convert(field, parts), f"{model}.{name}") for name, field in fields}
    elif schema.get("type") == "object":
        found["additionalProperties"] = _convert(_values(schema), parts)
    if "items" in schema:
        found["items"] = _convert(schema["items"], parts)
    if not found.keys() & {"type", "x-kubernetes-int-or-string"}:
        found["x-kubernetes-preserve-unknown-fields"] = True
    return _ruled(found, schema.get("title", "")) if "properties" in found else found


def _ruled(found: Schema, name: str) -> Schema:
    """Return `found` with the rules of `name`, a model or the field of one, after those that it has."""
    rules = [*found.get("x-kubernetes-validations", ()), *(rule.schema() for rule in RULES.get(name, ()))]
    return {**found, "x-kubernetes-validations": rules} if rules else found


def _flat(schema: Schema, parts: dict[str, Schema]) -> Schema:
    """Return `schema` with references and the union with null replaced by what they stand for."""
    if "$ref" in schema:
        schema = {**parts[schema["$ref"].rpartition("/")[2]], **schema}
    if "anyOf" in schema:
        (only,) = (part for part in schema["anyOf"] if part.get("type") != "null")
        named = {key: value for key, value in schema.items() if key not in ("anyOf", "title")}
        schema = {**_flat(only, parts), **named}
    return schema


def _values(schema: Schema) -> Schema:
    """Return the schema of a map's values; the form of its keys is beyond structural schemas."""
    if "patternProperties" in schema:
        (values,) = schema["patternProperties"].values()
        return dict(values)
    values = schema.get("additionalProperties", {})
    return values if isinstance(values, dict) else {}
