from typing import Any, Literal

from pydantic import Field

from flagd.manifest.cel import Rule
from flagd.manifest.crd.structural import structural
from flagd.manifest.model import Model


class Inner(Model):
    """Inside."""

    size: int = Field(default=3, ge=1, le=9, description="How large.")


class Outer(Model):
    """Outside."""

    inner: Inner | None = Field(default=None, description="Perhaps.")
    kind: Literal["Outer"] = Field(description="Which.")
    payload: Any = Field(default=None, description="Anything.")
    by_name: dict[str, int] = Field(default_factory=dict, description="By name.")


RULES = {"Inner": (Rule("self.size > 0", '"small"'),), "Inner.size": (Rule("self != 5", '"five"'),)}


def test_references_and_unions_with_null_are_replaced_by_what_they_stand_for():
    inner = structural(Outer, {})["properties"]["inner"]
    assert (inner["type"], inner["description"]) == ("object", "Perhaps.")
    size = inner["properties"]["size"]
    assert (size["type"], size["minimum"], size["maximum"]) == ("integer", 1, 9)


def test_a_default_is_told_and_not_set():
    size = structural(Inner, {})["properties"]["size"]
    assert size["description"] == "How large. Default: 3."
    assert "default" not in size


def test_a_constant_is_an_enumeration_of_one_and_anything_is_preserved():
    properties = structural(Outer, {})["properties"]
    assert properties["kind"]["enum"] == ["Outer"]
    assert properties["payload"]["x-kubernetes-preserve-unknown-fields"] is True
    assert properties["byName"]["additionalProperties"] == {"type": "integer"}


def test_rules_stand_at_the_model_and_at_the_field_that_they_name():
    inner = structural(Outer, RULES)["properties"]["inner"]
    assert inner["x-kubernetes-validations"] == [{"rule": "self.size > 0", "message": "small"}]
    assert inner["properties"]["size"]["x-kubernetes-validations"] == [{"rule": "self != 5", "message": "five"}]
