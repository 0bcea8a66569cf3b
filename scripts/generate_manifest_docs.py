"""Generates docs/manifests.md from the models of the manifests; `--check` compares instead of writing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from flagd.manifest import API_VERSION, KINDS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "manifests.md"
Schema = dict[str, Any]

INTRODUCTION = f"""\
# Manifests

<!-- Generated from src/flagd/manifest by scripts/generate_manifest_docs.py: edit the descriptions there. -->

Every field of `{API_VERSION}`. A project is a namespace: names resolve inside it, and a manifest without
`metadata.namespace` is in `default`. A file may have several documents, and the order of files does not
matter. `flagctl lint` checks everything on this page. [concepts.md](concepts.md) explains what the fields lead to;
worked cases are in
[examples](../examples/README.md).

Numbers in brackets bound the characters of a string, the items of a list or map, or the value of a number.

YAML is read as kubectl reads it. Unquoted `on`, `off`, `yes` and `no` are booleans there: quote them.
"""
OPERATORS = """\
### Operators

| operators | hold when |
|---|---|
| `is` · `is not` | the text equals one of the values (none of them); case matters |
| `contains` · `does not contain` | one of the values (none) is part of the text; case does not matter |
| `less` · `less or equal` · `greater` · `greater or equal` | compared as numbers where both are, else as text |
| `version less`, `version greater`, and both with ` or equal` | compared as versions: 3.10 is after 3.2 |
| `set is` · `set is not` | the list has exactly these values (has not) |
| `set contains` · `set does not contain` | the list has all of the values (has not) |
| `set contains any` · `set does not contain any` | the list has at least one of the values (has none) |
| `regex match` · `regex does not match` | an RE2 pattern is found anywhere in the text |
| `glob match` · `glob does not match` | a pattern fits all of the text: `*` (no slash), `**`, `?`, `[a-z]`, `{a,b}` |
| `in cohort` · `not in cohort` | the user, or the group, is in one of the FlagCohorts; no `attribute` |

`(none)` among the values stands for an attribute that the user does not have. A missing attribute meets every negative
operator unless `(none)` is among the values. In `regex` and `glob` operators `(none)` is a pattern like any other: to
leave out users without the attribute, add `is not` with `(none)`.

### What a number, a version and a list is

Users send text, numbers, booleans, lists and objects; values in manifests are text. What is compared is the text that
JavaScript makes of a value: `42.0` is `42`, `true` is `true`, an object is its JSON, without blanks and with its
members sorted by name: `{"a":2,"b":1}`. Integers beyond 2^53 are the nearest double: send such ids as text.

| | what is one | what is not one |
|---|---|---|
| **number** | digits with sign, point, exponent, spaces around: `18`, `-0.5`, `1e3` | `N/A`, `0x1f`, `1_000`, `inf` |
| **version** | two or three numbers, then a pre-release: `3.2`, `3.2.1-rc.1` | `10`, `v1.2.0`, `1.2.3.4`, `1.2+b` |
| **list** | a JSON list, or a string that begins with `[` and is one | one value |

* What is not a number or a version is compared **as text**: `N/A` is greater than `18`, `10.0.0+42` less than `9.5.0`.
* A pre-release comes before its release, and pre-releases are ordered as text: `rc.10` is before `rc.2`.
* With an operator for one value (`is`, `contains`, `less`, `regex match` …) a list holds if **one of its elements**
  does. That is true of the negative ones too: `tags is not beta` holds for the list `[alpha, beta]`, since `alpha` is
  not `beta`. To leave out everybody who has `beta` in a list, write `set does not contain any`.
* With an operator for lists (`set …`) a single value never holds.

`flagctl explain` says which comparison it was: `saw '10.0.0+42', compared as text: '10.0.0+42' is not a version`.
Amplitude's engines read numbers, versions and lists in the same way; its engine for JavaScript orders no text, so there
`less` and `greater` never hold for what is not a number.

### Attributes

`user.user_id`, `user.device_id`, `user.country`, `user.region`, `user.city`, `user.dma`, `user.language`,
`user.platform`, `user.version`, `user.os`, `user.device_manufacturer`, `user.device_brand`, `user.device_model`,
`user.carrier`, `user.library`, `user.ip_address`, `user.cohort_ids`, `user.properties.<name>`;
`groups.<type>.name`, `groups.<type>.properties.<name>`, `groups.<type>.cohort_ids`. Odd names go into brackets:
`user.properties['a.b']`.
"""


def render() -> str:
    """Return the page."""
    lines = [INTRODUCTION]
    described: set[str] = set()
    for kind in KINDS.values():
        schema = kind.spec.model_json_schema(by_alias=True)
        lines += [f"## {kind.name}", "", f"Short name `{kind.short_name}`. {_text(kind.model.__doc__)}", ""]
        lines += table(schema)
        for name, part in schema.get("$defs", {}).items():
            if name not in described:
                lines += [f"### {name}", "", _text(part.get("description")), "", *table(part)]
                described.add(name)
    return "\n".join([*lines, OPERATORS])


def table(schema: Schema) -> list[str]:
    """Return the fields of one object."""
    required = set(schema.get("required", ()))
    rows = [
        f"| `{name}`{' **required**' if name in required else ''} | {type_of(field)} | {_default(field)} "
        f"| {_text(field.get('description'))} |"
        for name, field in schema["properties"].items()
    ]
    return ["| field | type | default | meaning |", "|---|---|---|---|", *rows, ""]


def type_of(field: Schema) -> str:
    """Return the type of a field, with its bounds, as a reader wants it."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in field or "const" in field:
        return " · ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(type_of(each) for each in field["anyOf"] if each.get("type") != "null"))
    return _of_type(field)


def _of_type(field: Schema) -> str:
    match field.get("type"):
        case "array":
            return f"list{_bounds(field, 'minItems', 'maxItems')} of {type_of(field['items'])}"
        case "object":
            return f"map{_bounds(field, '', 'maxProperties')} of string to {_value(field)}"
        case "string":
            return f"string{_bounds(field, 'minLength', 'maxLength')}"
        case "integer":
            # pydantic names the bounds of a number that is converted first `ge` and `le`.
            bounded = {"minimum": field.get("ge"), "maximum": field.get("le")} | field
            return f"integer{_bounds(bounded, 'minimum', 'maximum')}"
        case None if field.get("x-kubernetes-int-or-string"):
            return f"integer or string{_bounds(field, 'minimum', 'maximum')}"
        case None:
            return "any JSON"
        case [*types]:
            return ", ".join(types)
        case name:
            return str(name)


def _value(field: Schema) -> str:
    named = list(field.get("patternProperties", {}).values())
    value = named[0] if named else field.get("additionalProperties")
    return type_of(value) if isinstance(value, dict) else "any JSON"


def _bounds(field: Schema, least: str, most: str) -> str:
    low, high = field.get(least), field.get(most)
    if low is not None and high is not None:
        return f" ({low:,} to {high:,})"
    if high is not None:
        return f" (≤ {high:,})"
    return "" if low is None else f" (≥ {low:,})"


def _default(field: Schema) -> str:
    default = field.get("default")
    if default is None or isinstance(default, dict | list):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|").replace("<", "&lt;")


def main() -> int:
    """Write the page, or compare it with what is committed (exit code 1 when it differs)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed page, write nothing")
    arguments = parser.parse_args()
    page = render()
    if not arguments.check:
        PAGE.write_text(page)
        return 0
    if PAGE.exists() and PAGE.read_text() == page:
        return 0
    print(f"docs/{PAGE.name} differs from the models: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
