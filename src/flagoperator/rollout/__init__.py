"""Rollout: how the percentages of a flag walk to their goals. Pure: the same input gives the same step."""

from flagoperator.rollout.allocation import Allocation, Share, Shares, percents
from flagoperator.rollout.edit import first_state, lead
from flagoperator.rollout.guards.guard import Evidence, Guard, Measurement, Reaction
from flagoperator.rollout.guards.judgement import due_guards
from flagoperator.rollout.plan import REST, Phase, Plan, Ramp, Step
from flagoperator.rollout.plan_form import plan_of, written_plan
from flagoperator.rollout.progress import next_stop
from flagoperator.rollout.record import recorded, restored
from flagoperator.rollout.run import Run
from flagoperator.rollout.state import Mode, State, Subject, Transition, World
from flagoperator.rollout.tick import tick
from flagoperator.rollout.verb import Handled, Request, Verb
from flagoperator.rollout.window import Window

__all__ = [
    "REST",
    "Allocation",
    "Evidence",
    "Guard",
    "Handled",
    "Measurement",
    "Mode",
    "Phase",
    "Plan",
    "Ramp",
    "Reaction",
    "Request",
    "Run",
    "Share",
    "Shares",
    "State",
    "Step",
    "Subject",
    "Transition",
    "Verb",
    "Window",
    "World",
    "due_guards",
    "first_state",
    "lead",
    "next_stop",
    "percents",
    "plan_of",
    "recorded",
    "restored",
    "tick",
    "written_plan",
]
