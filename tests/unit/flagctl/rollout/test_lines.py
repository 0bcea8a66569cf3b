"""The tree of a rollout."""

from __future__ import annotations

from flagctl.rollout.lines import tree
from flagctl.rollout.view import view_of
from tests.unit.flagctl.rollout.rollouts import RUN, flag


def test_the_ladder_shows_what_is_behind_and_what_is_ahead():
    assert "\n".join(tree(view_of(flag()))) == (
        "flag/checkout  Progressing  Holding\n"
        "  25 % until 2026-12-01T15:00:00Z, then 100 %\n"
        "  allocations\n"
        "  └─ All Other Users: 25 % (from 0 %)\n"
        "  steps\n"
        "  ├─ ✔ 5 %  hold 6h, 5000 answers\n"
        "  ├─ ● 25 %  hold 12h, approval  ← Holding\n"
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
    assert not any("25 %  hold 12h" in each for each in lines)


def test_a_flag_without_a_rollout_has_a_tree_too():
    assert tree(view_of({"metadata": {"name": "a", "generation": 1}, "spec": {}})) == ["flag/a  -"]
