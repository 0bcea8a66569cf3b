"""What the operator promises of flags with ramps, whatever is applied, asked, lost and restarted in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.unit.flagoperator.reconcile.ramps.country import STEPS, Country, flag

GOALS = st.sampled_from([0, 3, 20, 60, 100])
RAMPS: list[dict[str, Any]] = [
    {"plan": "standard"},
    {"plan": "standard", "paused": True},
    {"plan": "missing"},
    {"steps": [{"percent": 10, "approval": True}, {"percent": 100}]},
    {"steps": [{"percent": 50, "hold": "1h"}, {"percent": 100}], "deadline": "2h", "onDeadline": "Rollback"},
]
DOWN = ("abort", "deadline")


class Life(RuleBasedStateMachine):
    """One flag, its plan and its operator."""

    def __init__(self) -> None:
        super().__init__()
        self.country = Country()
        self.spec = flag(0)
        self.served = 0.0

    @property
    def goal(self) -> float:
        return float(self.spec["allOtherUsers"]["percent"]) if self.spec["active"] else 0.0

    @initialize(goal=GOALS)
    def begin(self, goal: int) -> None:
        self.country.put("FlagRolloutPlan", "standard", steps=STEPS)
        self._apply(allOtherUsers={"percent": goal})
        assert self.country.served() == 0  # it is new
        self._look()

    @rule(goal=GOALS, ramp=st.sampled_from(RAMPS), active=st.booleans())
    def edit(self, goal: int, ramp: dict[str, Any], active: bool) -> None:
        self._apply(allOtherUsers={"percent": goal}, ramp=ramp, active=active)
        self._look()

    @rule(goal=GOALS)
    def drop_the_ramp(self, goal: int) -> None:
        self.spec = {key: value for key, value in self.spec.items() if key != "ramp"}
        walk = self.country.walk()
        if walk is not None and walk.state.governed:  # without a ramp and at its goal it would be free to rise
            self._apply(allOtherUsers={"percent": goal})
        else:
            self._apply(ramp={"plan": "standard"}, allOtherUsers={"percent": goal})
        self._look()

    @rule(
        percents=st.sampled_from([(5, 100), (50, 100), (90, 100), (100,)]), broken=st.booleans(), paused=st.booleans()
    )
    def edit_the_plan(self, percents: tuple[int, ...], broken: bool, paused: bool) -> None:
        steps = [{"percent": each, "hold": "10m"} for each in percents]
        self.country.put("FlagRolloutPlan", "standard", steps=[*steps, *steps] if broken else steps, paused=paused)
        self._take()
        self._look()

    @rule()
    def spoil_the_flag(self) -> None:
        self.country.put("Flag", "checkout", **self.spec, surprise=1)
        self._take()
        self._look()
        self.country.put("Flag", "checkout", **self.spec)
        self._take()
        self._look()

    @rule(seconds=st.sampled_from([1, 60, 600, 3600, 86_400]))
    def wait(self, seconds: int) -> None:
        self.country.now += seconds
        self._settle()

    @rule(verb=st.sampled_from(["approve", "pause", "resume", "promote", "retry", "abort"]))
    def ask(self, verb: str) -> None:
        rollout = self.country.status().get("rollout", {})
        run = rollout.get("run", {}).get("id", "0")
        token = {"pause": run, "abort": run, "retry": str(self.country.now)}.get(verb, rollout.get("token", "0"))
        self.country.ask(verb, token)
        self._settle()

    @rule(forget=st.booleans())
    def restart(self, forget: bool) -> None:
        if "ramp" not in self.spec and "rollout" not in self.country.status():
            return  # no status says yet that it had one
        forget = forget and self._told == self.country.served()  # else nobody is left who knows
        writing, acknowledging = self.country.writing, self.country.acknowledging
        before, self.country.writing, self.country.acknowledging = self.country.served(), False, False
        self.country.restart(forget=forget)
        if self._abort_is_news and self.country.served() < before:
            assert self.country.walk().state.reason == "Aborted"
        else:
            assert self.country.served() == before
        self.country.writing, self.country.acknowledging = writing, acknowledging
        self._look()

    @rule(writing=st.booleans(), acknowledging=st.booleans())
    def have_a_fault(self, writing: bool, acknowledging: bool) -> None:
        self.country.writing, self.country.acknowledging = writing, acknowledging

    @rule()
    def be_well(self) -> None:
        self.country.writing = self.country.acknowledging = True
        self._settle()

    def _apply(self, **spec: Any) -> None:
        self.spec = self.spec | spec
        self.country.put("Flag", "checkout", **self.spec)
        self._take()

    def _take(self) -> None:
        before, told = self.country.served(), self._told
        self.country.take()
        served = self.country.served()
        walk = self.country.walk()
        if walk is None or walk.state.reason != "Deadline":  # one that the edit brought may be over already
            assert min(before, self.goal) <= served  # down is at once, and no further
        assert served <= max(before, told)  # nobody enters by an edit; what a status has was served before

    def _settle(self) -> None:
        before = self.country.served()
        self.country.settle()
        if not self.country.writing:  # a rise is served once a status has it
            assert self.country.served() <= max(before, self._told)
        self._look()

    def _look(self) -> None:
        served, status = self.country.served(), self.country.status()
        assert served <= self.goal
        if served < self.served and served < self.goal:
            walk = self.country.walk()
            assert walk is not None
            assert {each.reason for each in walk.state.history} & {"Aborted", "Deadline", "Superseded"}
        if self.country.writing and self.country.acknowledging:
            truth = {each["type"]: each["status"] for each in status.get("conditions", ())}
            if truth.get("RolledOut") == "True" and status["observedGeneration"] == self._generation:
                assert served == self.goal
        self.served = served

    @property
    def _abort_is_news(self) -> bool:
        """Whether the run that the status shows is to be aborted, which whoever reads that status cannot know done."""
        run = self.country.status().get("rollout", {}).get("run", {}).get("id")
        (made,) = (each for ref, each in self.country.objects.items() if ref.kind == "Flag")
        return run is not None and made["metadata"].get("annotations", {}).get("flagoperator.dev/abort") == run

    @property
    def _told(self) -> float:
        shown = self.country.status().get("effective", {}).get("allocations", [{"percent": "0"}])
        return float(shown[-1]["percent"])

    @property
    def _generation(self) -> int:
        (made,) = (each for ref, each in self.country.objects.items() if ref.kind == "Flag")
        return int(made["metadata"]["generation"])


def _run(examples: int) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            phases=[Stage.generate, Stage.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_promises_hold():
    _run(60)


@pytest.mark.long
@pytest.mark.parametrize("_part", range(10))
def test_the_promises_hold_over_ten_thousand_histories(_part: int):
    _run(1_000)
