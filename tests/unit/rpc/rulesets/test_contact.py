"""Contact: how long to wait between attempts, and in which order answers go out."""

import pytest

from flagd.rpc.rulesets.contact import _Outbox, backoff
from flagd.rpc.rulesets.request import REASON_LENGTH, ack, hello, nack
from flagd.v1.ruleset_pb2 import Role
from tests.unit.ruleset.contents import make, many


@pytest.mark.parametrize(("attempts", "most"), [(0, 1.0), (1, 2.0), (3, 8.0), (5, 30.0), (50, 30.0), (10_000, 30.0)])
def test_attempts_are_spread_over_a_range_that_doubles_up_to_30_seconds(attempts, most):
    waits = [backoff(attempts) for _ in range(200)]
    assert min(waits) >= 0.5
    assert most / 2 < max(waits) <= most


async def sent(outbox, count):
    requests = outbox.requests(hello(Role.ROLE_REPLICA, "a", [many(2)]))
    return [await anext(requests) for _ in range(count)]


async def test_the_hello_comes_first_and_says_what_is_held():
    (first,) = await sent(_Outbox(), 1)
    held = first.hello.held[0]
    assert (held.project, held.revision, held.flags) == ("p", many(2).revision, 2)


async def test_every_answer_goes_out_and_of_other_news_the_latest():
    outbox = _Outbox()
    for ruleset in (many(1), many(2)):
        outbox.tell(ack("p", ruleset))
    outbox.answer(nack("p", "refused", "no"))
    outbox.answer(nack("q", "refused", "no"))
    _, *rest = await sent(outbox, 4)
    assert [one.WhichOneof("message") for one in rest] == ["nack", "nack", "ack"]
    assert rest[2].ack.revision == many(2).revision


async def test_an_answer_makes_older_news_of_its_project_worthless():
    outbox = _Outbox()
    outbox.tell(ack("p", many(1)))
    outbox.answer(ack("p", many(2)))
    outbox.tell(ack("q", make(project="q")))
    _, *rest = await sent(outbox, 3)
    assert [(one.ack.project, one.ack.revision) for one in rest] == [("p", many(2).revision), ("q", make().revision)]


def test_a_project_that_is_gone_is_acknowledged_without_a_revision():
    assert (ack("p", None).ack.project, ack("p", None).ack.revision) == ("p", "")


def test_reasons_are_cut_to_what_publishers_take():
    assert len(nack("p", "r", "\N{SNOWMAN}" * 10_000).nack.reason.encode()) <= 1024
    assert len(nack("p", "r", "x" * 10_000).nack.reason) == REASON_LENGTH
