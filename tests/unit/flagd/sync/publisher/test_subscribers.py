"""Subscribers: who subscribes now, and what each answers from."""

from contextlib import ExitStack

from flagd.sync.publisher import Refusal, Served, Subscriber, Subscribers


def test_a_subscriber_is_in_the_table_while_its_stream_is_open():
    subscribers = Subscribers()
    with subscribers.enter(Subscriber("replica", "flagd-1", 0.0)):
        assert [one.name for one in subscribers.streams] == ["flagd-1"]
    assert subscribers.streams == ()


def test_an_ack_says_what_is_served_and_takes_a_refusal_back():
    subscribers = Subscribers()
    with subscribers.enter(Subscriber("replica", "flagd-1", 0.0)) as entry:
        entry.nack("p", Refusal("r1", "no", 1.0))
        assert subscribers.replicas["flagd-1"].refused["p"].reason == "no"
        entry.ack("p", Served("r2", 3, 2.0))
        replica = subscribers.replicas["flagd-1"]
        assert (replica.serves("p", "r2"), replica.serves("p", "r1"), replica.refused) == (True, False, {})
        entry.ack("p", None)
        assert not subscribers.replicas["flagd-1"].serves("p", "r2")


def test_only_replicas_count_and_of_two_of_one_name_the_newer_stream():
    subscribers = Subscribers()
    with ExitStack() as open_streams:
        for role, name, since in (("replica", "a", 1.0), ("client", "b", 1.0), ("operator", "c", 1.0)):
            open_streams.enter_context(subscribers.enter(Subscriber(role, name, since)))
        old = open_streams.enter_context(ExitStack())
        old.enter_context(subscribers.enter(Subscriber("replica", "a", 2.0)))
        assert {name: one.since for name, one in subscribers.replicas.items()} == {"a": 2.0}
        old.close()
        assert {name: one.since for name, one in subscribers.replicas.items()} == {"a": 1.0}


def test_readers_are_told_of_every_change():
    subscribers = Subscribers()
    with subscribers.subscribe() as changed:
        told = []
        with subscribers.enter(Subscriber("replica", "a", 0.0)) as entry:
            told.append(changed.is_set())
            changed.clear()
            entry.ack("p", Served("r", 1, 0.0))
            told.append(changed.is_set())
            changed.clear()
        told.append(changed.is_set())
    assert told == [True, True, True]


def test_rows_that_were_read_do_not_change():
    subscribers = Subscribers()
    with subscribers.enter(Subscriber("replica", "a", 0.0)) as entry:
        before = subscribers.streams
        entry.ack("p", Served("r", 1, 0.0))
        assert before[0].served == {}
