"""Structural schemas: the models as a CustomResourceDefinition wants them.

pydantic gives JSON Schema with references, titles, defaults and unions with null. Kubernetes wants
everything in place, no default under ``spec`` (GitOps tools would see drift) and a description of
every field, for ``kubectl explain``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from flagd.manifest.cel import Rule
    from flagd.manifest.schema import Schema

    Rules = Mapping[str, tuple[Rule, ...]]

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


def structural(model: type[BaseModel], rules: Rules) -> Schema:
    """Return the structural schema of `model`, with those of `rules` that are about it or what is in it."""
    schema = model.model_json_schema(by_alias=True)
    return _convert(schema, schema.get("$defs", {}), rules)


def _convert(schema: Schema, parts: dict[str, Schema], rules: Rules) -> Schema:
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
        found["properties"] = {
            name: _ruled(_convert(field, parts, rules), rules.get(f"{model}.{name}", ())) for name, field in fields
        }
    elif schema.get("type") == "object":
        found["additionalProperties"] = _convert(_values(schema), parts, rules)
    if "items" in schema:
        found["items"] = _convert(schema["items"], parts, rules)
    if not found.keys() & {"type", "x-kubernetes-int-or-string"}:
        found["x-kubernetes-preserve-unknown-fields"] = True
    return _ruled(found, rules.get(schema.get("title", ""), ())) if "properties" in found else found


def _ruled(found: Schema, rules: Iterable[Rule]) -> Schema:
    """Return `found` with `rules` after those that it has."""
    all_rules = [*found.get("x-kubernetes-validations", ()), *(rule.schema() for rule in rules)]
    return {**found, "x-kubernetes-validations": all_rules} if all_rules else found


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
