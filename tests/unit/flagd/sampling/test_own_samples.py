"""Samples of a process that evaluates for itself: who is counted, what the server is told, and when again."""

import threading

import pytest

from flagd.sampling import MOST_USERS, OwnSamples
from flagd.sampling.own_samples import MOST_SAMPLES, MOST_TOLD
from tests.unit.flagd.sampling.rising import engine_of, rising, user


class Looking:
    """Lookups of one flag that a run lets users in by."""

    def __init__(self, own, ruleset, source=None):
        self._own, self._engine, self.flags = own, engine_of(ruleset), ruleset.flags
        self._source = source or ruleset.flags["f"]

    def ask(self, count, start=0):
        """Have users ask; return whether the last of them was one of whom more are wanted."""
        more = False
        for number in range(start, start + count):
            context = user(f"user {number}")
            more = self._own.take(self._source, self._engine.variant(context, "f"), context)
        return more


@pytest.fixture
def own():
    return OwnSamples()


@pytest.fixture
def looking(own):
    return Looking(own, rising())


def told(own, *runs):
    """Return how many users the server is told of, which says that `runs` count them."""
    request = own.news("shop")
    own.confirm(runs)
    return sum(len(part.slots) // 2 for each in request.samples for part in each.parts) if request else 0


def test_users_are_told_once(own, looking):
    assert told(own) == 0
    assert looking.ask(200)
    assert 190 < told(own, "run-1") <= 200
    looking.ask(200)
    assert told(own, "run-1") == 0
    looking.ask(50, 200)
    assert 45 < told(own, "run-1") <= 50


def test_what_no_run_counts_and_what_fails_is_told_again(own, looking):
    looking.ask(100)
    first = told(own, "")
    assert first == told(own) == told(own, "run-1") > 95
    assert told(own, "run-1") == 0


def test_a_server_that_may_have_forgotten_is_told_everything(own, looking):
    looking.ask(100)
    first = told(own, "run-1")
    own.forget_told()
    assert told(own, "run-1") == first


def test_another_run_begins_with_nobody(own, looking):
    looking.ask(100)
    told(own, "run-1")
    looking.ask(10, 100)
    told(own, "run-2")
    assert told(own, "run-2") == 0
    looking.ask(50)
    assert 45 < told(own, "run-2") <= 50


def test_an_edit_of_the_flag_forgets_its_users_and_another_edit_does_not(own, looking):
    looking.ask(100)
    own.keep({**looking.flags, "g": {}})
    assert told(own) > 95
    own.keep({"f": dict(looking.flags["f"])})
    assert told(own) == 0
    assert Looking(own, rising(now=75_000)).ask(1)
    assert told(own) == 1


def test_nobody_is_counted_whom_no_run_compares(own):
    assert not Looking(own, rising(now=100_000, start=100_000)).ask(10)
    assert told(own) == 0


def test_once_there_are_enough_nobody_more_is_wanted(own, looking):
    assert not looking.ask(3 * MOST_USERS)
    amounts = []
    while amount := told(own, "run-1"):
        amounts.append(amount)
    assert sum(amounts) == MOST_USERS
    assert max(amounts) == MOST_TOLD


def test_what_is_kept_is_bounded(own):
    ruleset = rising()
    for number in range(MOST_SAMPLES + 1):
        Looking(own, ruleset, {**ruleset.flags["f"], "key": f"flag {number}"}).ask(1)
    assert len(own.news("shop").samples) == MOST_SAMPLES


def test_what_is_told_names_nobody(own, looking):
    looking.ask(10)
    assert b"user 1" not in own.news("shop").SerializeToString()


def test_threads_of_one_process_count_every_user(own):
    looking = Looking(own, rising())
    threads = [threading.Thread(target=looking.ask, args=(500, 250 * number)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    request = own.news("shop")
    slots = [
        part.slots[place : place + 2] for part in request.samples[0].parts for place in range(0, len(part.slots), 2)
    ]
    assert 1200 < len(set(slots)) <= 1250
