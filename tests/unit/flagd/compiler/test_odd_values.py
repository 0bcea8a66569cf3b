"""Whatever JSON-shaped value stands wherever in a manifest is refused or compiled: neither step raises."""

from __future__ import annotations

import copy
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from flagd.compiler import compile_project
from flagd.manifest import validate

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[4] / "examples"
OBJECTS: dict[str, dict[str, Any]] = {
    obj["metadata"]["name"]: obj for path in EXAMPLES.glob("*/*.yaml") for obj in yaml.safe_load_all(path.read_text())
}
VALUES = (inf, nan, 10**400, "\ud800", "a\udfffb", "\x00", "\uffff", -0.0)
KEYS = ("\ud800", "\x00", "\uffff")


def places(part: object, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, inner in steps:
        yield (*above, step)
        yield from places(inner, (*above, step))


def spoiled(obj: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for *above, last in places(obj):
        for value in VALUES:
            changed, parent = reached(obj, above)
            parent[last] = value
            yield changed
        for key in KEYS if isinstance(last, str) else ():
            changed, parent = reached(obj, above)
            parent[key] = parent.pop(last)
            yield changed


def reached(obj: dict[str, Any], path: list[Any]) -> tuple[dict[str, Any], Any]:
    changed = copy.deepcopy(obj)
    parent: Any = changed
    for step in path:
        parent = parent[step]
    return changed, parent


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_an_odd_value_anywhere_is_refused_or_compiled(name: str):
    for obj in spoiled(OBJECTS[name]):
        resource, findings = validate(obj)
        assert resource or findings, obj
        if resource is not None:
            assert compile_project([resource], project=resource.ref.namespace).revision
