from __future__ import annotations

import pytest

from flagd.id_list.id_list import IdList, ListError, Supply
from flagd.ruleset.hashed_ids import HashedIds


def listed(size: int, as_of: int = 1) -> IdList:
    return IdList(HashedIds.of([f"user-{number}" for number in range(size)]), as_of)


def test_the_first_list_is_believed_whatever_it_holds():
    assert Supply().after(listed(0), may_shrink=False) == Supply(listed(0))


@pytest.mark.parametrize(
    ("before", "after", "believed"),
    [
        (100, 50, True),
        (100, 49, False),
        (100, 0, False),
        (19, 1, True),
        (19, 0, False),
        (20, 9, False),
        (100, 1000, True),
    ],
)
def test_a_list_that_lost_most_of_its_ids_is_not_believed(before: int, after: int, believed: bool):
    found = Supply(listed(before)).after(listed(after), may_shrink=False)
    assert found.held == listed(after if believed else before)
    assert bool(found.fault) != believed


def test_a_list_may_shrink_where_its_manifest_says_so():
    assert Supply(listed(100)).after(listed(1), may_shrink=True) == Supply(listed(1))


def test_a_list_that_cannot_be_read_keeps_the_last_good_one_until_it_can():
    stale = Supply(listed(100)).after(ListError("it is gone"), may_shrink=False)
    assert (stale.held, stale.fault) == (listed(100), "it is gone")
    assert stale.after(listed(100), may_shrink=False) == Supply(listed(100))


def test_the_same_ids_do_not_get_younger():
    assert Supply(listed(3, as_of=1)).after(listed(3, as_of=9), may_shrink=False).held == listed(3, as_of=1)
