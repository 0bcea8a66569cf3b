"""CRDs change by addition only: what a release took, later ones take."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from flagd.manifest import crds
from flagd.manifest.parts.bound import BOUND_RULE
from flagd.manifest.parts.bound import PATTERN as BOUND
from flagd.manifest.parts.percent import PATTERN as PERCENT
from flagd.manifest.parts.percent import PERCENT_RULE
from flagd.manifest.parts.ramp import STEPS_RULES
from tests.chart.narrowing import narrowed

_PERCENT, _BOUND = (pattern.replace(r"\.", "[.]") for pattern in (PERCENT, BOUND))
_WELL_FORMED = f"self.all(s, type(s.percent) == int || s.percent.matches('{_PERCENT}'))"
REWRITTEN = {
    f"type(self) == int || self.matches('{_PERCENT}')": PERCENT_RULE.rule,
    f"type(self) == int || self.matches('{_BOUND}')": BOUND_RULE.rule,
    f"!{_WELL_FORMED} || (self.map(s, double(s.percent)).isSorted() && double(self[0].percent) > 0.0 && "
    "self.all(s, self.exists_one(t, double(t.percent) == double(s.percent))))": STEPS_RULES[0].rule,
    f"!{_WELL_FORMED} || double(self[size(self) - 1].percent) == 100.0": STEPS_RULES[1].rule,
}
"""Rules of releases, and those that stand for them now. That both judge alike is tested on an API server."""
RELEASED = sorted((Path(__file__).parent / "released").glob("*.yaml"))


def crd(spec: dict[str, Any]) -> dict[str, Any]:
    whole = {"type": "object", "properties": {"spec": {"type": "object", **spec}}}
    version = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": whole}}
    names = {"plural": "flags", "kind": "Flag"}
    return {"spec": {"group": "flagoperator.dev", "scope": "Namespaced", "names": names, "versions": [version]}}


def rewritten(part: Any) -> Any:
    """Return `part` with the rules that stand for those of a release now."""
    if isinstance(part, dict):
        return {key: REWRITTEN.get(value, value) if key == "rule" else rewritten(value) for key, value in part.items()}
    return [rewritten(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_every_crd_takes_all_that_a_release_took(released: Path):
    current = {each["spec"]["names"]["plural"]: each for each in crds()}
    before = rewritten(list(yaml.safe_load_all(released.read_text())))
    assert before
    for each in before:
        plural = each["spec"]["names"]["plural"]
        assert plural in current
        assert not narrowed(each, current[plural]), plural


OLD = {
    "properties": {"a": {"type": "string", "maxLength": 9, "enum": ["x", "y"], "nullable": True}},
    "x-kubernetes-validations": [{"rule": "has(self.a)"}],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"properties": {}}, "v1.spec.a is gone"),
        ({"properties": {"a": {**OLD["properties"]["a"], "type": "integer"}}}, "v1.spec.a: type changed"),
        ({"properties": {"a": {**OLD["properties"]["a"], "pattern": "^x"}}}, "v1.spec.a: pattern changed"),
        ({"properties": {"a": {**OLD["properties"]["a"], "maxLength": 8}}}, "v1.spec.a: maxLength is smaller"),
        ({"properties": {"a": {**OLD["properties"]["a"], "minLength": 1}}}, "v1.spec.a: minLength is larger"),
        ({"properties": {"a": {**OLD["properties"]["a"], "enum": ["x"]}}}, "v1.spec.a: y is refused"),
        ({"properties": {"a": {**OLD["properties"]["a"], "nullable": False}}}, "v1.spec.a: null is refused"),
        ({"required": ["a"]}, "v1.spec.a is required"),
        ({"x-kubernetes-validations": [{"rule": "self.a != ''"}]}, "v1.spec: new rule self.a != ''"),
        ({"x-kubernetes-validations": [{"rule": "!has(self.a) || x"}]}, "v1.spec: new rule !has(self.a) || x"),
    ],
)
def test_what_is_refused_from_now_on_is_said_by_its_path(change: dict[str, Any], says: str):
    assert narrowed(crd(OLD), crd({**OLD, **change})) == [says]


def test_a_version_or_a_name_that_is_gone_is_said():
    old, unserved, renamed = crd(OLD), crd(OLD), crd(OLD)
    unserved["spec"]["versions"][0]["served"] = False
    renamed["spec"]["names"]["plural"] = "switches"
    assert narrowed(old, unserved) == ["v1 is not served"]
    assert narrowed(old, renamed) == ["names.plural changed"]


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {**OLD["properties"], "b": {"type": "string", "maxLength": 1}}},
        {"properties": {"a": {"type": "string", "enum": ["x", "y", "z"], "nullable": True}}},
        {"x-kubernetes-validations": []},
        {"x-kubernetes-validations": [{"rule": "!(has(self.new) && has(self.a))"}, {"rule": "!has(self.new) || x"}]},
        {"properties": {}, "x-kubernetes-preserve-unknown-fields": True},
    ],
)
def test_additions_and_what_is_let_through_are_fine(change: dict[str, Any]):
    assert not narrowed(crd(OLD), crd({**deepcopy(OLD), **change}))
