"""Election: the publisher that is listened to."""

from dataclasses import dataclass

import pytest

from flagd.sync.subscriber.connection import Term
from flagd.sync.subscriber.election import elect


@dataclass
class Publisher:
    term: Term | None


def deciding(epoch, *, stale=False):
    return Publisher(Term(publishing=True, epoch=epoch, sequence=0, stale=stale))


SILENT = Publisher(None)
STANDBY = Publisher(Term(publishing=False, epoch=9, sequence=0, stale=False))


@pytest.mark.parametrize("publishers", [[], [SILENT], [STANDBY], [SILENT, STANDBY]])
def test_nobody_is_listened_to_who_does_not_decide(publishers):
    assert elect(publishers, None) is None


@pytest.mark.parametrize(
    ("publishers", "chosen"),
    [
        ([deciding(1), deciding(2), SILENT, STANDBY], 1),
        ([deciding(2), deciding(1)], 0),
        ([deciding(2, stale=True), deciding(1)], 0),
        ([deciding(2, stale=True), deciding(2)], 1),
        ([deciding(2), deciding(2)], 0),
    ],
)
def test_the_highest_epoch_decides_and_in_one_epoch_who_is_in_touch(publishers, chosen):
    assert elect(publishers, None) is publishers[chosen]


def test_in_one_epoch_the_one_stays_that_was_listened_to():
    first, second = deciding(1), deciding(1)
    assert elect([first, second], second) is second


def test_the_one_that_was_listened_to_gives_way_to_a_higher_epoch():
    old, new = deciding(1), deciding(2)
    assert elect([old, new], old) is new
