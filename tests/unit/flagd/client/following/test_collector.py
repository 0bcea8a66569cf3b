"""Collector: nothing is collected inside, and what the program has set holds afterwards."""

import gc

import pytest

from flagd.client.following.collector import collector_at_rest


@pytest.fixture(autouse=True)
def _restored():
    enabled = gc.isenabled()
    gc.unfreeze()  # what other tests of this process have frozen
    yield
    if enabled:
        gc.enable()
    else:
        gc.disable()


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_rests_inside_and_is_as_it_was_afterwards(enabled):
    if not enabled:
        gc.disable()
    with collector_at_rest():
        assert not gc.isenabled()
    assert gc.isenabled() is enabled


def test_what_was_made_inside_is_among_the_old_afterwards():
    with collector_at_rest():
        made = [[number] for number in range(10_000)]
    young = {id(each) for generation in (0, 1) for each in gc.get_objects(generation)}
    assert not young & {id(each) for each in made}


def test_what_a_program_has_frozen_stays_frozen():
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        with collector_at_rest():
            pass
        assert gc.get_freeze_count() >= before - 100
    finally:
        gc.unfreeze()
