"""Guard: a measurement that must stay within bounds while a percentage rises."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flagd.manifest.cel import Rule
from flagd.manifest.model import Model, map_by
from flagd.manifest.parts.bound import BOUND_RULE, Bound
from flagd.manifest.parts.duration import Duration

NAME = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
LONGEST_QUERY = 4096


class PrometheusQuery(Model):
    """What is asked of the Prometheus that the operator knows."""

    query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)] = Field(
        description="PromQL that gives one number, read in the flag's namespace only. Between quotes {{flag}}, "
        "{{namespace}} and {{variant}} are filled in."
    )


CounterQuery = Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)]
EVENT = r"^[A-Za-z0-9]([-_.A-Za-z0-9]{0,98}[A-Za-z0-9])?$"
EventName = Annotated[str, Field(min_length=1, max_length=100, pattern=EVENT)]


class ComparedEvents(Model):
    """Events that Python clients count with `track`, for this flag by variant and arm."""

    failures: EventName = Field(description="The event that reports a failure, such as checkout-failed.")
    attempts: EventName = Field(description="The event of every attempt, failed ones included, such as checkout.")


class Comparison(Model):
    """Users whom the run let in, compared with those whom it has not let in yet, at the same time."""

    failures: CounterQuery | None = Field(
        default=None,
        description="A counter of failures with the label rollout_arm, as it is: no rate, no increase, no sum. "
        "Placeholders as in a query.",
    )
    attempts: CounterQuery | None = Field(
        default=None, description="A counter of all attempts with the same label, failed ones included."
    )
    events: ComparedEvents | None = Field(
        default=None, description="In place of both: events that Python clients count. They need no PromQL."
    )
    margin: Bound | None = Field(
        default=None,
        description='How many times as often the treated may fail, from 1 to 10, such as "1.5"; "1.2" when absent.',
    )
    min_attempts: Annotated[int, Field(ge=0, le=1_000_000_000)] = Field(
        default=1000, description="Attempts that each of both groups must have before the guard is good."
    )


class RampGuard(Model):
    """A measurement that must stay within bounds, or a comparison, from the first step to the end of a run."""

    name: Annotated[str, Field(min_length=1, max_length=63, pattern=NAME)] = Field(description="Such as error-rate.")
    prometheus: PrometheusQuery | None = Field(default=None, description="What is measured, for `max` and `min`.")
    compare: Comparison | None = Field(default=None, description="What is compared with control. In place of a query.")
    max: Bound | None = Field(default=None, description='Most that is good, such as 500 or "0.02".')
    min: Bound | None = Field(default=None, description="Least that is good.")
    interval: Duration | None = Field(
        default=None, description="Time from one measurement to the next, at least 10s; 1m when absent."
    )
    failure_limit: Annotated[int, Field(ge=0, le=100)] = Field(
        default=0, description="How many failed measurements in a row are tolerated."
    )
    consecutive_error_limit: Annotated[int, Field(ge=0, le=100)] = Field(
        default=4, description="How many measurements in a row may give no number; one more, and the run pauses."
    )
    on_no_data: Literal["Inconclusive", "Failure"] = Field(
        default="Inconclusive", description="What an answer without a number is: Inconclusive or Failure."
    )
    on_failure: Literal["Rollback", "Pause", "Report"] = Field(
        default="Rollback",
        description="What one more failed measurement leads to: Rollback, Pause or Report, which holds nothing up.",
    )


BESIDE_QUERY = ("max", "min", "failureLimit", "onNoData")
"""What only a guard with a query has."""

Guards = Annotated[list[RampGuard], Field(max_length=8, json_schema_extra=map_by("name"))]
"""At most 8, told apart by name."""

GUARD_RULES: dict[str, tuple[Rule, ...]] = {
    "RampGuard": (
        Rule("has(self.prometheus) != has(self.compare)", '"write one of prometheus and compare"'),
        Rule("has(self.compare) || has(self.max) || has(self.min)", '"write max, min or both"'),
        Rule(
            f"!has(self.compare) || !({' || '.join(f'has(self.{name})' for name in BESIDE_QUERY)})",
            f'"{", ".join(BESIDE_QUERY)} stand beside prometheus, not beside compare"',
        ),
    ),
    "Comparison": (
        Rule(
            "has(self.events) ? !has(self.failures) && !has(self.attempts) : has(self.failures) && has(self.attempts)",
            '"write failures and attempts, or events in place of both"',
        ),
    ),
    "Comparison.margin": (BOUND_RULE,),
    "RampGuard.max": (BOUND_RULE,),
    "RampGuard.min": (BOUND_RULE,),
}
"""Rules of whatever holds guards, by model and field."""
GUARD_FORMS = {
    EVENT: "is not a name of an event; write letters, digits, `-`, `_` and `.`, such as checkout-failed",
    NAME: "is not a name of a guard; write lower case letters, digits and `-`, such as error-rate",
}
"""What is said of text that does not match a pattern of this file."""
