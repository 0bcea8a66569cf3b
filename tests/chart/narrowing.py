"""Narrowing: what an older CustomResourceDefinition took that a newer one does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]
LEAST = ("minimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "maxLength", "maxItems", "maxProperties")
FIXED = ("type", "pattern", "format", "multipleOf", "x-kubernetes-list-type", "x-kubernetes-list-map-keys")


def narrowed(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a sentence for each object that `old` takes and `new` refuses or loses, by its path."""
    found = [f"{key} changed" for key in ("group", "scope") if old["spec"][key] != new["spec"][key]]
    found += [
        f"names.{key} changed" for key, name in old["spec"]["names"].items() if new["spec"]["names"].get(key) != name
    ]
    versions = {each["name"]: each for each in new["spec"]["versions"]}
    for each in old["spec"]["versions"]:
        later = versions.get(each["name"])
        if later is None or each["served"] > later["served"]:
            found.append(f"{each['name']} is not served")
        else:
            found += _schema(each["schema"]["openAPIV3Schema"], later["schema"]["openAPIV3Schema"], each["name"])
    return found


def _schema(old: Schema, new: Schema, path: str) -> Iterator[str]:
    yield from _values(old, new, path)
    yield from (f"{path}: {key} changed" for key in FIXED if key in new and old.get(key) != new[key])
    yield from (f"{path}.{name} is required" for name in new.get("required", []) if name not in old.get("required", []))
    rules = {each["rule"] for each in old.get("x-kubernetes-validations", [])}
    added = {each["rule"]: None for each in new.get("x-kubernetes-validations", []) if each["rule"] not in rules}
    yield from (f"{path}: new rule {rule}" for rule in added if _asks(rule) in {"", *old.get("properties", {})})
    for key in ("items", "additionalProperties"):
        if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
            yield from _schema(old[key], new[key], f"{path}[]")
    yield from _properties(old, new, path)


def _asks(rule: str) -> str:
    """Return the field without which `rule` holds; "" if there is none to be seen."""
    found = re.match(r"!\(has\(self\.(\w+)\) && [^|?]*\)$|!has\(self\.(\w+)\) \|\| [^?]*$", rule)
    return found[found.lastindex or 0] if found else ""


def _properties(old: Schema, new: Schema, path: str) -> Iterator[str]:
    later = new.get("properties", {})
    for name, schema in old.get("properties", {}).items():
        if name in later:
            yield from _schema(schema, later[name], f"{path}.{name}")
        elif not new.get("x-kubernetes-preserve-unknown-fields"):
            yield f"{path}.{name} is gone"


def _values(old: Schema, new: Schema, path: str) -> Iterator[str]:
    if "enum" in new:
        lost = [each for each in old.get("enum", ["any other value"]) if each not in new["enum"]]
        yield from (f"{path}: {each} is refused" for each in lost)
    if old.get("nullable") and not new.get("nullable"):
        yield f"{path}: null is refused"
    yield from (f"{path}: {key} is larger" for key in LEAST if new.get(key, 0) > old.get(key, 0))
    yield from (f"{path}: {key} is smaller" for key in MOST if key in new and new[key] < old.get(key, float("inf")))
