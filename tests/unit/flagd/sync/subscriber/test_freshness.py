"""Freshness: who was vouched for lately."""

from flagd.sync.subscriber.freshness import Freshness


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def fresh(seconds=30.0):
    clock = Clock()
    return Freshness(seconds, clock), clock


def test_a_project_is_late_when_nobody_vouched_for_it_in_time():
    freshness, clock = fresh()
    assert freshness.vouch(["a", "b"]) == ["a", "b"]
    clock.now = 20.0
    freshness.vouch(["a"])
    clock.now = 31.0
    assert freshness.late(["a", "b"]) == ["b"]


def test_one_that_was_never_heard_of_counts_from_when_it_is_asked_for():
    freshness, clock = fresh()
    assert freshness.late(["a"]) == []
    clock.now = 31.0
    assert freshness.late(["a"]) == ["a"]


def test_one_that_is_behind_cannot_be_vouched_for_until_it_catches_up():
    freshness, clock = fresh()
    freshness.vouch(["a"])
    freshness.fall_behind("a")
    clock.now = 31.0
    assert freshness.vouch(["a"]) == []
    assert (freshness.late(["a"]), freshness.is_behind("a")) == (["a"], True)
    freshness.catch_up("a")
    assert (freshness.late(["a"]), freshness.is_behind("a")) == ([], False)


def test_one_that_is_gone_starts_anew():
    freshness, clock = fresh()
    freshness.vouch(["a"])
    freshness.fall_behind("a")
    freshness.forget("a")
    clock.now = 31.0
    assert (freshness.late(["a"]), freshness.is_behind("a")) == ([], False)


def test_a_publisher_that_speaks_of_one_project_vouches_for_the_rest():
    freshness, clock = fresh()
    freshness.vouch(["busy", "calm"])
    for clock.now in range(5, 120, 5):
        freshness.hear()
        freshness.catch_up("busy")
        assert freshness.late(["busy", "calm"]) == []
    clock.now += 31.0
    assert freshness.late(["busy", "calm"]) == ["busy", "calm"]


def test_a_publisher_that_speaks_does_not_vouch_for_what_is_behind():
    freshness, clock = fresh()
    freshness.vouch(["a", "b"])
    freshness.fall_behind("a")
    clock.now = 31.0
    freshness.hear()
    assert freshness.late(["a", "b"]) == ["a"]
