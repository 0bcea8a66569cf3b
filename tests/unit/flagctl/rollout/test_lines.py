"""The tree of a rollout."""

from __future__ import annotations

from typing import Any

import pytest

from flagctl.failure import Refused
from flagctl.rollout.lines import tree
from flagctl.rollout.verbs import token_for
from flagctl.rollout.view import view_of
from flagctl.rollout.watching import is_over
from flagoperator.rollout import Verb

RUN = {
    "id": "3fa91c02",
    "plan": {
        "steps": [
            {"percent": "5", "hold": "6h", "minEvaluations": 5000},
            {"percent": "25", "hold": "12h", "approval": True},
            {"percent": "100"},
        ],
        "guards": [{"name": "error-rate", "max": "0.02", "onFailure": "Rollback"}],
    },
    "from": [{"name": "All Other Users", "percent": "0"}],
    "phase": 0,
    "step": 2,
    "guards": [{"name": "error-rate", "value": "0.004"}],
}
ROLLOUT: dict[str, Any] = {
    "phase": "Progressing",
    "reason": "Holding",
    "message": "25 % until 2026-12-01T15:00:00Z, then 100 %",
    "step": "2/3",
    "percent": "25",
    "goal": "100",
    "token": "3fa91c02-1-2",
    "run": RUN,
    "history": [{"at": "2026-12-01T09:00:00Z", "from": "5", "to": "25", "reason": "Step", "by": ""}],
}


def flag(*conditions: tuple[str, str], observed: int = 1, **changed: Any) -> dict[str, Any]:
    told = [{"type": kind, "status": "True", "reason": why, "observedGeneration": observed} for kind, why in conditions]
    status = {
        "observedGeneration": observed,
        "conditions": told,
        "rollout": ROLLOUT | changed,
        "effective": {"allocations": [{"name": "All Other Users", "percent": "25"}]},
    }
    return {"metadata": {"name": "checkout", "generation": 1}, "spec": {}, "status": status}


def test_the_ladder_shows_what_is_behind_and_what_is_ahead():
    assert "\n".join(tree(view_of(flag()))) == (
        "flag/checkout  Progressing  Holding\n"
        "  25 % until 2026-12-01T15:00:00Z, then 100 %\n"
        "  allocations\n"
        "  └─ All Other Users: 25 % (from 0 %)\n"
        "  steps\n"
        "  ├─ ✔ 5 %  6h, 5000 answers\n"
        "  ├─ ● 25 %  12h, approval  ← Holding\n"
        "  └─ ○ 100 %\n"
        "  guards\n"
        "  └─ ✔ error-rate: 0.004 (max 0.02, Rollback)\n"
        "  history\n"
        "  └─ 2026-12-01T09:00:00Z  5→25 %  Step\n"
        "  token: 3fa91c02-1-2"
    )


def test_what_others_wrote_is_fit_for_a_terminal():
    lines = tree(view_of(flag(message="\x1b[31mred", reason="A\nB")))
    assert not any("\x1b" in each or "\n" in each for each in lines)


def test_a_phase_shows_its_own_steps():
    plan = {"steps": RUN["plan"]["steps"], "phases": [{"segments": ["Staff"], "steps": [{"percent": "100"}]}, {}]}
    lines = tree(view_of(flag(run=RUN | {"plan": plan, "step": 1})))
    assert "  phase 1 of 2" in lines
    assert not any("25 %  12h" in each for each in lines)


def test_a_flag_without_a_rollout_has_a_tree_too():
    assert tree(view_of({"metadata": {"name": "a", "generation": 1}, "spec": {}})) == ["flag/a  -"]


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.RESUME, Verb.PROMOTE])
def test_verbs_that_go_forward_quote_the_step(verb: Verb):
    assert token_for(view_of(flag()), verb) == "3fa91c02-1-2"


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.ABORT])
def test_brakes_quote_the_run(verb: Verb):
    assert token_for(view_of(flag()), verb) == "3fa91c02"


def test_a_forced_promote_says_so():
    assert token_for(view_of(flag()), Verb.PROMOTE, forced=True) == "3fa91c02-1-2+force"


def test_a_rollback_can_be_retried_and_nothing_else():
    back = view_of(flag(phase="RolledBack"))
    assert token_for(back, Verb.RETRY) != token_for(back, Verb.RETRY)
    assert not token_for(back, Verb.ABORT)
    assert not token_for(view_of(flag()), Verb.RETRY)


def test_it_is_over_when_the_newest_generation_is_rolled_out():
    assert is_over(view_of(flag(("RolledOut", "Completed"))))
    assert not is_over(view_of(flag(("RolledOut", "Completed"), observed=0)))
    assert not is_over(view_of(flag()))


def test_who_waits_is_told_when_it_will_not_come_by_itself():
    with pytest.raises(Refused, match="needs somebody: RolledBack"):
        is_over(view_of(flag(("Stalled", "RolledBack"))))
    assert not is_over(view_of(flag(("Stalled", "RolledBack"), observed=0)))
