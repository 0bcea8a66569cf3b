"""What calls may hold: bounded in sum and by connection; the newest is refused; what ended holds nothing."""

import contextlib

import pytest

from flagd.rpc.capacity import CALL_BYTES, EXPANSION, MOST_CALL_BYTES, Capacity, current, received
from flagd.rpc.limits import MESSAGE_BYTES
from flagd.rpc.status import Overloaded, Status

MIB = 1024 * 1024


def test_the_sum_of_all_is_bounded_and_the_newest_is_refused():
    capacity = Capacity(MIB)
    holds = [capacity.open(f"connection {number}") for number in range(MIB // CALL_BYTES)]
    with pytest.raises(Overloaded, match="all the memory reserved for callers"):
        capacity.open("one more")
    assert capacity.held <= capacity.limit
    assert capacity.refused == {"all": 1}
    holds.pop().close()
    capacity.open("another")


def test_one_connection_does_not_shut_out_the_others():
    capacity = Capacity(MIB)
    for _ in range(MIB // CALL_BYTES // 4):
        capacity.open("greedy")
    with pytest.raises(Overloaded, match="of this connection"):
        capacity.open("greedy")
    capacity.open("another")


def test_large_calls_leave_room_for_small_ones():
    capacity = Capacity(16 * MIB)
    refused = 0
    for number in range(20):
        with contextlib.suppress(Overloaded):
            refused += 1
            capacity.open(f"large {number}").received(MIB)
            refused -= 1
    assert refused > 10
    capacity.open("small").received(1000)


def test_what_ended_holds_nothing_whatever_it_came_to():
    capacity = Capacity(10 * MIB)
    for number in range(100):
        hold = capacity.open("a")
        try:
            with contextlib.suppress(Overloaded):
                hold.received(number * MIB // 100)
                hold.received(MIB)
        finally:
            hold.close()
    assert (capacity.held, capacity._connections) == (0, {})
    assert capacity.released > 0
    assert Overloaded.status is Status.RESOURCE_EXHAUSTED


def test_a_call_that_sends_without_end_holds_one_message_at_a_time():
    hold = Capacity().open("a")
    for _ in range(100):
        hold.received(MESSAGE_BYTES)
    assert hold.size == MOST_CALL_BYTES


def test_what_was_unpacked_counts_as_well_as_what_came():
    capacity = Capacity()
    hold = capacity.open("a")
    token = current.set(hold)
    try:
        received(1000)
    finally:
        current.reset(token)
    assert hold.size == CALL_BYTES + EXPANSION * 1000
    received(1000)
    assert capacity.held == hold.size
