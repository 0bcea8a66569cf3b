"""A kind that the product does not have: what it takes to add one, all in this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from pydantic import Field

from flagd.manifest.cel import Rule
from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.finding import Finding
from flagd.manifest.kind import Kind
from flagd.manifest.kinds import KINDS
from flagd.manifest.model import ATOMIC, Key, Model, Names
from flagd.manifest.parts.percent import PERCENT_RULE, Percent, thousandths
from flagd.manifest.reference import Reference
from flagd.manifest.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

DURATION = r"^([0-9]+(d|h|m|s))+$"


class Step(Model):
    """One step."""

    percent: Percent = Field(description="How far this step goes.")
    hold: Annotated[str, Field(max_length=32, pattern=DURATION)] | None = Field(
        default=None, description="How long it is held, such as 6h."
    )


class FlagStaircaseSpec(Model):
    """Steps up."""

    steps: list[Step] = Field(min_length=1, max_length=20, description="Rising.", json_schema_extra=ATOMIC)
    segments: Names = Field(default_factory=list, max_length=10, description="FlagSegments that go first.")
    after: Key | None = Field(default=None, description="Key of a flag.")
    like: Key | None = Field(default=None, description="Another FlagStaircase.")


class FlagStaircase(Resource):
    """How a rollout rises, step by step."""

    kind: Literal["FlagStaircase"] = "FlagStaircase"
    spec: FlagStaircaseSpec


def _check(spec: FlagStaircaseSpec) -> Iterator[Finding]:
    shares = [thousandths(step.percent) for step in spec.steps]
    for index in range(1, len(shares)):
        if shares[index] <= shares[index - 1]:
            yield Finding(("spec", "steps", index, "percent"), "NotRising", "is not above the step before it")


def _references(spec: FlagStaircaseSpec) -> Iterator[Reference]:
    for index, name in enumerate(spec.segments):
        yield Reference("FlagSegment", name, ("spec", "segments", index))
    if spec.after is not None:
        yield Reference("Flag", spec.after, ("spec", "after"))
    if spec.like is not None:
        yield Reference("FlagStaircase", spec.like, ("spec", "like"))


OWN = Kind(
    FlagStaircase,
    "fstair",
    check=_check,
    references=_references,
    rules={
        "FlagStaircaseSpec.steps": (Rule("size(self) < 20", '"twenty steps are a ramp"'),),
        "Step.percent": (PERCENT_RULE,),
    },
    columns=(Column("First", "string", ".spec.steps[0].hold"), USED_BY, READY, MESSAGE),
    forms={DURATION: "is not a duration, such as 6h"},
)


def staircase(name: str = "slow", **spec: Any) -> dict[str, Any]:
    """Return an object of the kind, valid unless `spec` says otherwise."""
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "FlagStaircase",
        "metadata": {"name": name},
        "spec": {"steps": [{"percent": 5, "hold": "6h"}, {"percent": 100}], **spec},
    }


@pytest.fixture
def own_kind(monkeypatch: pytest.MonkeyPatch) -> Kind:
    """The kind, registered for one test."""
    monkeypatch.setitem(KINDS, OWN.name, OWN)
    return OWN
