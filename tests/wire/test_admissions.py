"""Answers of flagds, counted for a publisher that asks, over the real stream."""

from flagd.sync.publisher import Counting
from tests.wire.publisher import eventually, following, publishing, ruleset

RULESET = ruleset(a="one", b="same")
STEP = ("shop", "a", "run-1-1")


def ask(publisher, step="run-1-1"):
    publisher.admissions.ask({("shop", "a"): Counting(step, ("All Other Users",))})


async def counted(publisher, flagd, least, step=STEP):
    """Ask for the flag until so many answers are counted."""

    async def enough():
        await flagd.variants()
        return publisher.admissions.total(*step) >= least

    await eventually(enough)


async def test_answers_of_every_replica_are_counted_and_of_no_other_flag():
    async with publishing(heartbeat_seconds=0.05) as publisher:
        publisher.put(RULESET)
        async with following(publisher.address) as first, following(publisher.address, name="second") as second:
            await publisher.served(RULESET, ("flagd", "second"))
            ask(publisher)
            await counted(publisher, first, 1)
            before = publisher.admissions.total(*STEP)
            await counted(publisher, second, before + 3)
        assert publisher.admissions.total("shop", "b", "run-1-1") == 0


async def test_a_replica_that_is_restarted_counts_on():
    async with publishing(heartbeat_seconds=0.05) as publisher:
        publisher.put(RULESET)
        ask(publisher)
        async with following(publisher.address) as flagd:
            await publisher.served(RULESET)
            await counted(publisher, flagd, 5)
        await publisher.left()
        before = publisher.admissions.total(*STEP)
        async with following(publisher.address) as flagd:
            await publisher.served(RULESET)
            await counted(publisher, flagd, before + 1)


async def test_another_publisher_counts_too_and_may_take_over():
    async with publishing(heartbeat_seconds=0.05) as leader, publishing(heartbeat_seconds=0.05) as other:
        leader.put(RULESET, epoch=1)
        other.put(publishing=False)
        async with following(f"{leader.address}", other.address) as flagd:
            await leader.served(RULESET)
            ask(leader)
            ask(other)
            await counted(leader, flagd, 1)
            await counted(other, flagd, 1)
