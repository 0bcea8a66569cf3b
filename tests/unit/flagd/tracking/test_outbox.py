"""Outbox: batches in order, the oldest dropped first, a sink that fails asked again, one that refuses not."""

import threading

import pytest

from flagd.backoff import Backoff
from flagd.tracking import outbox
from flagd.tracking.outbox import Outbox, SinkRefusedError
from tests.unit.flagd.client.server import eventually
from tests.unit.flagd.tracking.lookups import event

EVENTS = [event(number) for number in range(20)]


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(outbox, "RETRY", Backoff(0.001, 0.001))
    monkeypatch.setattr(outbox, "LINGER_SECONDS", 0.001)


class Sink:
    """Takes events, or fails as it is told; with `held`, only once the test lets it."""

    def __init__(self, *failures, held=False):
        self.taken, self.failures, self.asked = [], list(failures), threading.Event()
        self.let = threading.Event()
        if not held:
            self.let.set()

    def __call__(self, events):
        self.asked.set()
        assert self.let.wait(60)
        if self.failures:
            raise self.failures.pop(0)
        self.taken += events


def test_events_arrive_in_order_and_are_counted():
    sink = Sink()
    box = Outbox(sink)
    for each in EVENTS:
        box.put(each)
    box.close(60)
    assert sink.taken == EVENTS
    assert (box.sent, box.dropped) == (20, 0)


def test_where_there_is_no_room_the_oldest_are_dropped_and_counted_be_they_on_their_way_or_not():
    sink = Sink(OSError("down"), held=True)
    box = Outbox(sink, capacity=5)
    box.put(EVENTS[0])
    assert sink.asked.wait(60)
    for each in EVENTS[1:]:
        box.put(each)
    assert box.dropped == 15
    sink.let.set()
    eventually(lambda: box.sent == 5)
    box.close(60)
    assert sink.taken == EVENTS[15:]
    assert (box.sent, box.dropped) == (5, 15)


def test_an_event_that_arrived_though_its_place_was_taken_meanwhile_is_not_counted_as_dropped():
    sink = Sink(held=True)
    box = Outbox(sink, capacity=2)
    box.put(EVENTS[0])
    assert sink.asked.wait(60)
    for each in EVENTS[1:3]:
        box.put(each)
    sink.let.set()
    box.close(60)
    assert sink.taken == EVENTS[:3]
    assert (box.sent, box.dropped) == (3, 0)


def test_a_sink_that_fails_is_asked_again_and_loses_nothing(caplog):
    sink = Sink(OSError("down\nX"), ValueError(), OSError("down\nX"))
    box = Outbox(sink)
    box.put(EVENTS[0])
    eventually(lambda: box.sent == 1)
    box.close(60)
    assert sink.taken == EVENTS[:1]
    assert all("\n" not in line for line in caplog.messages)


def test_a_batch_that_is_refused_is_dropped_and_counted_and_the_next_is_sent(caplog):
    sink = Sink(SinkRefusedError("HTTP 400"))
    box = Outbox(sink)
    box.put(EVENTS[0])
    eventually(lambda: box.dropped == 1)
    box.put(EVENTS[1])
    box.close(60)
    assert (sink.taken, box.sent) == ([EVENTS[1]], 1)
    assert any("HTTP 400" in line for line in caplog.messages)


def test_what_a_sink_does_not_take_in_time_is_dropped_when_it_is_closed_and_nothing_is_taken_after():
    sink = Sink(*[OSError()] * 1000)
    box = Outbox(sink)
    box.put(EVENTS[0])
    box.close(60)
    box.put(EVENTS[1])
    assert (sink.taken, box.sent, box.dropped) == ([], 0, 2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_sink_that_ends_the_thread_costs_nothing_but_time():
    sink = Sink(SystemExit())
    box = Outbox(sink)
    box.put(EVENTS[0])
    assert sink.asked.wait(60)
    box._thread.join(60)
    box.put(EVENTS[1])
    eventually(lambda: box.sent == 2)
    box.close(60)
    assert sink.taken == EVENTS[:2]


def test_where_no_thread_can_be_started_events_wait_and_the_log_says_so_once(monkeypatch, caplog):
    sink = Sink()
    box = Outbox(sink)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", lambda _: (_ for _ in ()).throw(RuntimeError("no more")))
        for each in EVENTS[:3]:
            box.put(each)
    assert len([line for line in caplog.messages if "no thread can be started" in line]) == 1
    box.put(EVENTS[3])
    box.close(60)
    assert sink.taken == EVENTS[:4]
