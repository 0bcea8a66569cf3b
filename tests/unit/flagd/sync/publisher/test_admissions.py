"""Admissions: counts of all replicas, over restarts of any."""

import pytest

from flagd.rpc.status import InvalidArgument
from flagd.sync.publisher import Admissions, Counting
from flagd.sync.publisher.admissions import PAGE, PAGE_BYTES
from flagd.v1.ruleset_pb2 import AdmissionCount, SubscribeResponse

FLAG = ("shop", "checkout")


def asking(step="run-1-1"):
    admissions = Admissions()
    admissions.ask({FLAG: Counting(step, ("All Other Users",))})
    return admissions


def count(number, step="run-1-1", flag="checkout"):
    return [AdmissionCount(project="shop", flag=flag, token=step, count=number)]


def queries(admissions, turn=0):
    return list(SubscribeResponse.FromString(admissions.heartbeat(turn)).heartbeat.queries)


def test_a_heartbeat_asks_for_what_rises():
    (query,) = queries(asking())
    assert (query.project, query.flag, query.token, query.segments) == (*FLAG, "run-1-1", ["All Other Users"])
    assert SubscribeResponse.FromString(Admissions().heartbeat(0)).WhichOneof("message") == "heartbeat"


def test_what_a_stream_says_first_is_where_its_count_begins():
    admissions, first, second = asking(), {}, {}
    admissions.take(count(1_000_000), first)
    admissions.take(count(7), second)
    assert admissions.total(*FLAG, "run-1-1") == 0
    admissions.take(count(1_000_030), first)
    admissions.take(count(9), second)
    assert admissions.total(*FLAG, "run-1-1") == 32


def test_a_replica_that_is_restarted_takes_nothing_back_and_counts_on():
    admissions, before, after = asking(), {}, {}
    admissions.take(count(100), before)
    admissions.take(count(150), before)
    admissions.take(count(3), after)
    admissions.take(count(5), after)
    assert admissions.total(*FLAG, "run-1-1") == 52


def test_a_count_that_falls_within_a_stream_adds_nothing():
    admissions, stream = asking(), {}
    for number in (100, 90, 95):
        admissions.take(count(number), stream)
    assert admissions.total(*FLAG, "run-1-1") == 5


def test_another_step_begins_at_nothing():
    admissions, stream = asking(), {}
    admissions.take(count(0), stream)
    admissions.take(count(10), stream)
    admissions.ask({FLAG: Counting("run-1-2", ("All Other Users",))})
    admissions.take(count(20), stream)
    admissions.take(count(30, "run-1-2"), stream)
    assert admissions.total(*FLAG, "run-1-1") == 0
    assert admissions.total(*FLAG, "run-1-2") == 0
    assert stream == {(*FLAG, "run-1-2"): 30}
    admissions.take(count(31, "run-1-2"), stream)
    assert admissions.total(*FLAG, "run-1-2") == 1


def test_nothing_is_kept_of_what_was_not_asked():
    admissions, stream = asking(), {}
    admissions.take([*count(1, flag="other"), *count(1, "another")], stream)
    assert stream == {}


@pytest.mark.parametrize("told", [count(1) * (PAGE + 1), count(1, flag="x" * 2000)])
def test_what_a_replica_may_say_is_bounded(told):
    with pytest.raises(InvalidArgument):
        asking().take(told, {})


def test_many_flags_take_turns_and_each_heartbeat_is_bounded():
    admissions = Admissions()
    flags = [f"flag-{number:05}" for number in range(2 * PAGE + 1)]
    admissions.ask({("shop", flag): Counting("t", ("s",)) for flag in flags})
    pages = [queries(admissions, turn) for turn in range(3)]
    assert max(map(len, pages)) <= PAGE
    assert sorted(each.flag for page in pages for each in page) == flags
    names = tuple(f"{number:0256}" for number in range(100))
    admissions.ask({("shop", flag): Counting("t", names) for flag in flags})
    assert all(len(admissions.heartbeat(turn)) < 2 * PAGE_BYTES for turn in range(100))
