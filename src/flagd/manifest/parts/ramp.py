"""Ramp: how the percentage of a flag may approach what its manifest asks for; alone, or shared as a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flagd.manifest.cel import Rule, rising
from flagd.manifest.model import ATOMIC, SET, Key, Model, Name
from flagd.manifest.parts.bound import BOUND_RULE, Bound
from flagd.manifest.parts.duration import PATTERN as DURATION
from flagd.manifest.parts.duration import Duration
from flagd.manifest.parts.guard import GUARD_FORMS, GUARD_RULES, Guards
from flagd.manifest.parts.percent import PERCENT_RULE, Percent, percentage
from flagd.manifest.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.path import FieldPath

CLOCK = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
MOST_STEPS = 20
MOMENT = r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$"

Day = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Clock = Annotated[str, Field(max_length=5, pattern=CLOCK)]
Moment = Annotated[str, Field(max_length=25, pattern=MOMENT, json_schema_extra={"format": "date-time"})]


class RampStep(Model):
    """A stop on the way to the goal."""

    percent: Percent = Field(description='How far the effective percent may rise, above 0; quote fractions ("0.5").')
    hold: Duration | None = Field(
        default=None,
        description="Time to stay while every replica serves it, such as 30m or 1d12h; 0s when absent.",
    )
    approval: bool = Field(default=False, description="Whether somebody has to approve before it is left.")
    min_evaluations: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = Field(
        default=None,
        description="Answers of flagd that let a user in by what rises, to be counted at this step before it is left.",
    )


Steps = Annotated[list[RampStep], Field(min_length=1, max_length=MOST_STEPS, json_schema_extra=ATOMIC)]
"""Strictly rising, the last is 100."""


class RampPhase(Model):
    """An audience that walks to its goal before the next one begins."""

    segments: list[Key] = Field(
        default_factory=list,
        max_length=100,
        description="Names of segments of the flag; one that it lacks is ignored.",
        json_schema_extra=SET,
    )
    all_other_users: bool = Field(default=False, description="Whether All Other Users rise in this phase.")
    steps: Steps | None = Field(default=None, description="Its own steps; those of the plan when absent.")


class RampWindow(Model):
    """Hours of the week in which a step forward may be taken."""

    days: list[Day] = Field(
        default_factory=list,
        max_length=7,
        description="Days on which it opens; every day when absent.",
        json_schema_extra=SET,
    )
    from_: Clock = Field(alias="from", description='When it opens, "09:00".')
    to: Clock = Field(description='When it closes, "16:00"; before `from` it is on the next day.')
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        default="UTC", description="IANA time zone whose clock decides, such as Europe/Berlin."
    )


class RampRules(Model):
    """What a plan holds besides its steps."""

    phases: list[RampPhase] = Field(
        default_factory=list,
        max_length=20,
        description="Audiences in order; what none of them names rises with the last. All at once when absent.",
        json_schema_extra=ATOMIC,
    )
    windows: list[RampWindow] = Field(
        default_factory=list,
        max_length=20,
        description="When a step forward may be taken; always when absent.",
        json_schema_extra=ATOMIC,
    )
    not_before: (
        Annotated[str, Field(max_length=25, pattern=MOMENT, json_schema_extra={"format": "date-time"})] | None
    ) = Field(default=None, description='Time before which no step is taken, "2026-12-01T09:00:00Z".')
    deadline: Duration | None = Field(
        default=None, description="Time from the first step to the last, pauses included, such as 7d."
    )
    on_deadline: Literal["Pause", "Rollback"] = Field(
        default="Pause", description="What happens to a run that misses its deadline: Pause or Rollback."
    )
    guards: Guards = Field(
        default_factory=list, description="What is measured meanwhile; a step waits for good measurements."
    )
    alpha: Bound | None = Field(
        default=None,
        description="Share of runs without harm that guards with `compare` may take back, all of them together; above "
        '0, at most "0.5"; "0.01" when absent.',
    )
    paused: bool = Field(
        default=False, description="Whether nothing moves forward; a run that is under way obeys it too."
    )


class Ramp(RampRules):
    """How the effective percent approaches the goal: by a shared plan, by steps of its own, or at once."""

    plan: Name | None = Field(default=None, description="Name of a FlagRolloutPlan of the namespace.")
    immediate: bool = Field(default=False, description="Whether the goal is taken at once, whatever was under way.")
    steps: Steps | None = Field(
        default=None, description="Stops on the way, strictly rising, the last is 100. In place of a plan."
    )


def plan_references(ramp: Ramp | None, path: FieldPath) -> Iterator[Reference]:
    """Yield the plan that `ramp`, which stands at `path`, names."""
    if ramp is not None and ramp.plan is not None:
        yield Reference("FlagRolloutPlan", ramp.plan, (*path, "plan"))


_WELL_FORMED = f"self.all(s, {percentage('s.percent')})"

STEPS_RULES = (
    Rule(
        f"!{_WELL_FORMED} || (double(self[0].percent) > 0.0 && {rising('self', 'percent', MOST_STEPS)})",
        '"the percents of the steps must rise strictly, from above 0"',
    ),
    Rule(
        f"!{_WELL_FORMED} || double(self[size(self) - 1].percent) == 100.0",
        '"the last step must be 100 percent; a flag stops at its own goal"',
    ),
)
_OWN = ("steps", "phases", "windows", "notBefore", "deadline", "onDeadline", "guards", "alpha")

RAMP_RULES: dict[str, tuple[Rule, ...]] = {
    "Ramp": (
        Rule(
            "(has(self.plan) ? 1 : 0) + (has(self.steps) ? 1 : 0) + "
            "(has(self.immediate) && self.immediate ? 1 : 0) == 1",
            '"write one of plan, steps and immediate: true"',
        ),
        Rule(
            f"has(self.steps) || !({' || '.join(f'has(self.{name})' for name in _OWN[1:])})",
            '"phases, windows, notBefore, deadline, onDeadline, guards and alpha stand beside steps, '
            'not beside plan or immediate"',
        ),
    ),
    "Ramp.steps": STEPS_RULES,
    "RampPhase.steps": STEPS_RULES,
    "FlagRolloutPlanSpec.alpha": (BOUND_RULE,),
    "Ramp.alpha": (BOUND_RULE,),
    "RampStep.percent": (PERCENT_RULE,),
    **GUARD_RULES,
}
"""Rules of whatever holds a ramp, by model and field."""

RAMP_FORMS = {
    **GUARD_FORMS,
    DURATION: "is not a duration; write numbers with d, h, m or s, such as 30m or 1d12h",
    CLOCK: 'is not a time of day; write it as "09:00"',
    MOMENT: 'is not a time with an offset; write it as "2026-12-01T09:00:00Z"',
}
"""What is said of text that does not match a pattern of this file."""
