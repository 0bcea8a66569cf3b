"""At most one candidate leads, whatever clocks say."""

from __future__ import annotations

import pytest

from flagoperator.reconcile.authority.election import (
    DURATION_SECONDS,
    LONGEST_SECONDS,
    MOST_TRANSITIONS,
    RENEW_SECONDS,
    Election,
    Record,
    Step,
)

STRANGE = [
    *(2**31 - 1, 2**31 - 2, MOST_TRANSITIONS + 1, MOST_TRANSITIONS, MOST_TRANSITIONS - 1, 2**63, 10**400),
    *(-1, -(2**63), True, 1.5, float("nan"), float("inf"), "7", "", [], {}, None),
]


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


def taken_over(candidate: Election, now: float) -> Record:
    """Have `candidate` take a Lease that has expired, and return what it wrote."""
    assert candidate.step(now) is Step.ACQUIRE
    record = Record.read({"holderIdentity": f"{id(candidate)}", "leaseTransitions": candidate.next_transitions})
    candidate._identity = record.holder
    candidate.won(record, now)
    return record


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("led_before", [True, False])
def test_whatever_number_of_transitions_a_lease_has_terms_go_on_and_their_epochs_grow(value, led_before):
    first, second = Election("first"), Election("second")
    now, epochs = 0.0, [0]
    if led_before:
        for _ in range(7):
            first, second = second, first
            second.observe(taken_over(first, now), now)
            now += LONGEST_SECONDS
    for each in (first, second):
        each.observe(Record.read({"holderIdentity": "x", "leaseTransitions": value}), now)
    for _ in range(6):
        now += LONGEST_SECONDS
        second.observe(taken_over(first, now), now)
        epochs.append(first.epoch)
        first, second = second, first
    assert all(0 < epoch <= MOST_TRANSITIONS + 1 for epoch in epochs[1:])
    # Counting may begin again once, where a Lease was given the highest number; then it grows.
    assert sorted(set(epochs[3:])) == epochs[3:]


@pytest.mark.parametrize("value", STRANGE)
def test_whatever_number_a_lease_is_given_during_a_term_the_term_keeps_its_own(value):
    election = Election("me")
    election.observe(Record("other", "t", 6), 0)
    election.won(Record("me", "t", 7), 20)
    election.observe(Record.read({"holderIdentity": "me", "leaseTransitions": value}), 22)
    assert election.leads(22)
    assert election.next_transitions == 7
    assert election.epoch == 8


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *((value, DURATION_SECONDS) for value in (None, 0, -1, -(2**63), 1, 15, "3", [], True, float("nan"))),
        *((value, LONGEST_SECONDS) for value in (61, 2**31 - 1, 2**63)),
        (20, 20.0),
    ],
)
def test_whatever_duration_a_lease_has_it_is_taken_in_time_and_never_from_one_who_leads(value, seconds):
    election = Election("me")
    election.observe(Record.read({"holderIdentity": "other", "leaseDurationSeconds": value}), 0)
    assert election.step(seconds - 0.1) is Step.WAIT
    assert election.step(seconds) is Step.ACQUIRE
    assert seconds > RENEW_SECONDS


@pytest.mark.parametrize("spec", [None, [], "", 7, {}, {"holderIdentity": 7, "renewTime": []}])
def test_a_lease_without_a_spec_that_can_be_read_is_taken(spec):
    election = Election("me")
    election.observe(Record.read(spec), 0)
    assert election.step(0) is Step.ACQUIRE


def test_one_whose_lease_is_given_to_another_stops_at_once_and_comes_back_with_a_higher_epoch():
    election = Election("me")
    election.won(Record("me", "t", 4), 0)
    election.observe(Record("other", "t", 5), 2)
    assert not election.leads(2)
    election.observe(Record("me", "t", 5), 4)
    assert election.next_transitions == 6


def _seen(*records: Record | None) -> float:
    """Return since when nobody else is known to have led, after one look a second."""
    election = Election("me")
    for second, record in enumerate(records):
        election.observe(record, float(second))
    return election.vacant_since


@pytest.mark.parametrize(
    ("records", "since"),
    [
        ([], float("-inf")),
        ([None, None], float("-inf")),
        ([Record("", "t0", 0), Record("", "t0", 0)], float("-inf")),
        ([Record("other", "t0", 0), Record("other", "t1", 0), Record("other", "t1", 0)], 0.0),
        ([Record("other", "t0", 0), Record("other", "t0", 0), Record("", "t1", 0)], 1.0),
        ([Record("other", "t0", 0), Record("other", "t1", 0), Record("", "t1", 0)], 0.0),
        ([Record("other", "t0", 0), Record("other", "t1", 0), None, None], 0.0),
        ([Record("other", "t0", 0), Record("me", "t1", 1), Record("me", "t2", 1), Record("", "t3", 1)], float("-inf")),
        ([Record("me", "t0", 0), Record("", "t1", 0), Record("other", "t2", 1)], 1.0),
    ],
    ids=[
        "no look",
        "no Lease",
        "released long ago",
        "renewed",
        "released",
        "freed by hand",
        "deleted",
        "ours",
        "taken",
    ],
)
def test_the_last_sign_of_another_leader_is_the_look_before_its_renewal_or_release(
    records: list[Record | None], since: float
):
    assert _seen(*records) == since
