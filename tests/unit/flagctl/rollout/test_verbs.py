"""What a verb quotes to reach a run."""

from __future__ import annotations

import pytest

from flagctl.rollout.verbs import token_for
from flagctl.rollout.view import view_of
from flagoperator.rollout import Verb
from tests.unit.flagctl.rollout.rollouts import flag


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
