"""FlagRolloutPlan: how percentages rise, for the flags that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.kind import Kind
from flagd.manifest.parts.ramp import RAMP_FORMS, RAMP_RULES, STEPS_RULES, RampRules, Steps
from flagd.manifest.resource import Resource
from flagd.manifest.rules.ramp import check_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding


class FlagRolloutPlanSpec(RampRules):
    """Steps, and when they may be taken. A run keeps the plan that it began with, but for `paused`."""

    default: bool = Field(
        default=False, description="Whether it is for every flag of the namespace without a ramp; one plan may be."
    )
    steps: Steps = Field(description="Stops on the way, strictly rising, the last is 100.")


class FlagRolloutPlan(Resource):
    """How percentages rise to their goals, for the flags that name it."""

    kind: Literal["FlagRolloutPlan"] = "FlagRolloutPlan"
    spec: FlagRolloutPlanSpec


def _check(spec: FlagRolloutPlanSpec) -> Iterator[Finding]:
    return check_plan(spec, spec.steps, ("spec",))


KIND = Kind(
    FlagRolloutPlan,
    "frp",
    check=_check,
    rules={"FlagRolloutPlanSpec.steps": STEPS_RULES, **RAMP_RULES},
    columns=(
        Column("Default", "boolean", ".spec.default"),
        Column("Paused", "boolean", ".spec.paused"),
        USED_BY,
        READY,
        MESSAGE,
    ),
    forms=RAMP_FORMS,
)
