from flagd.signal import Signal


def test_every_reader_is_woken():
    signal = Signal()
    with signal.subscribe() as one, signal.subscribe() as other:
        assert not one.is_set()
        signal.wake()
        assert one.is_set()
        assert other.is_set()


def test_changes_that_nobody_read_yet_are_seen_as_one():
    signal = Signal()
    with signal.subscribe() as event:
        signal.wake()
        signal.wake()
        event.clear()
        assert not event.is_set()


def test_who_left_is_woken_no_more():
    signal = Signal()
    with signal.subscribe() as event:
        pass
    signal.wake()
    assert not event.is_set()
