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


class RampGuard(Model):
    """A measurement that must stay within bounds from the first step to the end of a run."""

    name: Annotated[str, Field(min_length=1, max_length=63, pattern=NAME)] = Field(description="Such as error-rate.")
    prometheus: PrometheusQuery = Field(description="What is measured.")
    max: Bound | None = Field(default=None, description='Most that is good, such as 500 or "0.02".')
    min: Bound | None = Field(default=None, description="Least that is good.")
    interval: Duration | None = Field(
        default=None, description="Time from one measurement to the next, at least 10s; 1m when absent."
    )
    failure_limit: Annotated[int, Field(ge=0, le=100)] = Field(
        default=0, description="How many failed measurements in a row are borne."
    )
    consecutive_error_limit: Annotated[int, Field(ge=0, le=100)] = Field(
        default=4, description="How many measurements in a row may give no number; one more, and the run pauses."
    )
    on_no_data: Literal["Inconclusive", "Failure"] = Field(
        default="Inconclusive", description="What an answer without a number is: Inconclusive or Failure."
    )
    on_failure: Literal["Rollback", "Pause", "Report"] = Field(
        default="Rollback",
        description="What follows one failure more than is borne: Rollback, Pause or Report, which holds nothing up.",
    )


Guards = Annotated[list[RampGuard], Field(max_length=8, json_schema_extra=map_by("name"))]
"""At most 8, told apart by name."""

GUARD_RULES: dict[str, tuple[Rule, ...]] = {
    "RampGuard": (Rule("has(self.max) || has(self.min)", '"write max, min or both"'),),
    "RampGuard.max": (BOUND_RULE,),
    "RampGuard.min": (BOUND_RULE,),
}
"""Rules of whatever holds guards, by model and field."""
GUARD_FORMS = {NAME: "is not a name of a guard; write lower case letters, digits and `-`, such as error-rate"}
"""What is said of text that does not match a pattern of this file."""
