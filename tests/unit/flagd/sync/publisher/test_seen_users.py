"""Users whom replicas have seen: united, of what is asked for, within bounds."""

import pytest

from flagd.engine.split import Part, Split
from flagd.rpc.status import InvalidArgument
from flagd.sampling.slots import packed
from flagd.sync.publisher import Admissions, Counting, Sampling, SeenUsers
from flagd.sync.publisher.seen_users import MOST_SAMPLES, MOST_TABLES
from flagd.v1.ruleset_pb2 import SubscribeResponse, UserSample

SPLIT = Split("s", ("context", "user", "user_id"), "f", (Part("control", "off", 3), Part("treated", "on", 1)))
OTHER = Split("s", ("context", "user", "user_id"), "f", (Part("control", "off", 1), Part("treated", "on", 1)))
FLAG = ("shop", "f")


def told(*slots, of=SPLIT, run="run-1", flag="f"):
    message = UserSample(project="shop", flag=flag, run=run, segment=of.segment, selector=of.selector, salt=of.salt)
    for part, some in zip(of.parts, slots, strict=True):
        message.parts.add(arm=part.arm, variant=part.variant, width=part.width, slots=packed(some))
    return message


def asking(*splits, run="run-1"):
    seen = SeenUsers()
    seen.ask({FLAG: Sampling(run, splits or (SPLIT,))})
    return seen


def test_a_user_whom_several_replicas_have_seen_counts_once():
    seen = asking()
    seen.take([told([1, 2, 3], [10])])
    seen.take([told([2, 3, 4], [10, 11])])
    assert list(seen.counts(*FLAG)) == [(SPLIT, [4, 2])]


def test_a_user_who_was_told_two_things_counts_for_the_first_that_is_heard_of():
    seen = asking()
    seen.take([told([1], [])])
    seen.take([told([], [1])])
    assert list(seen.counts(*FLAG)) == [(SPLIT, [1, 0])]


@pytest.mark.parametrize(
    "other", [told([1], [2], run="run-0"), told([1], [2], flag="g"), told([1], [2], of=OTHER)], ids=str
)
def test_what_is_of_another_run_flag_or_split_counts_for_nothing(other):
    seen = asking()
    seen.take([other])
    assert list(seen.counts(*FLAG)) == [(SPLIT, [0, 0])]


def test_another_run_or_split_begins_with_nobody():
    seen = asking()
    seen.take([told([1], [2])])
    seen.ask({FLAG: Sampling("run-1", (OTHER,))})
    assert list(seen.counts(*FLAG)) == [(OTHER, [0, 0])]
    seen.ask({FLAG: Sampling("run-1", (SPLIT,))})
    assert list(seen.counts(*FLAG)) == [(SPLIT, [0, 0])]
    seen.ask({})
    assert list(seen.counts(*FLAG)) == []


def test_what_a_replica_says_is_bounded():
    seen = asking()
    seen.take([told(range(60_000), [])])
    assert list(seen.counts(*FLAG)) == [(SPLIT, [20_000, 0])]
    with pytest.raises(InvalidArgument, match="samples"):
        seen.take([told([1], [])] * (MOST_SAMPLES + 1))


def test_tables_are_bounded():
    seen = SeenUsers()
    seen.ask({("shop", f"f{n}"): Sampling("run-1", (SPLIT,)) for n in range(MOST_TABLES + 1)})
    for number in range(MOST_TABLES + 1):
        seen.take([told([1], [], flag=f"f{number}")])
    assert [next(iter(seen.counts("shop", f"f{number}")))[1][0] for number in (0, MOST_TABLES)] == [1, 0]


def test_a_heartbeat_asks_for_the_users_of_a_run_beside_the_answers_of_a_step():
    admissions = Admissions()
    admissions.ask({FLAG: Counting("run-1-1", ("s",), Sampling("run-1", (SPLIT,)))})
    (query,) = SubscribeResponse.FromString(admissions.heartbeat(0)).heartbeat.queries
    assert (query.token, list(query.segments), query.run) == ("run-1-1", ["s"], "run-1")
    admissions.seen.take([told([1], [2])])
    assert list(admissions.seen.counts(*FLAG)) == [(SPLIT, [1, 1])]
