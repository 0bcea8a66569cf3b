"""At most one candidate leads, whatever clocks say."""

from __future__ import annotations

from flagoperator.reconcile.election import DURATION_SECONDS, RENEW_SECONDS, Election, Record, Step


def test_a_lease_that_nobody_made_or_that_was_released_is_taken():
    election = Election("me")
    assert election.step(0) is Step.ACQUIRE
    election.observe(Record("", "t1", 4), 0)
    assert election.step(0) is Step.ACQUIRE
    assert election.next_transitions == 5


def test_a_holder_that_renews_is_left_alone_however_old_its_stamp():
    election = Election("me")
    election.observe(Record("other", "1999", 0), 0)
    election.observe(Record("other", "1999.5", 0), 14)
    assert election.step(DURATION_SECONDS + 13.9) is Step.WAIT
    assert election.step(DURATION_SECONDS + 14) is Step.ACQUIRE


def test_one_stops_before_another_may_take_over():
    election = Election("me")
    election.won(Record("me", "t", 0), 100)
    assert election.leads(100 + RENEW_SECONDS - 0.1)
    assert not election.leads(100 + RENEW_SECONDS)
    assert RENEW_SECONDS < DURATION_SECONDS


def test_epochs_grow_from_holder_to_holder_and_when_the_lease_is_deleted():
    first, second = Election("first"), Election("second")
    lease = Record("first", "t1", first.next_transitions)
    first.won(lease, 0)
    second.observe(lease, 0)
    assert second.next_transitions == 1
    second.won(Record("second", "t2", second.next_transitions), 20)
    assert (first.epoch, second.epoch) == (1, 2)
    second.observe(None, 21)
    assert second.next_transitions == 2


def test_a_holder_that_releases_leads_no_more():
    election = Election("me")
    election.won(Record("me", "t", 0), 100)
    election.released()
    assert not election.leads(100.1)
    assert election.epoch == 1
