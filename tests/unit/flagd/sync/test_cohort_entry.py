from __future__ import annotations

import pytest

from flagd.ruleset import Cohort, RulesetError
from flagd.ruleset.hashed_ids import HashedIds
from flagd.sync.cohort_entry import cohort_entry, hashed_bytes, read_cohort
from flagd.v1.ruleset_pb2 import CohortEntry, Update

IDS = [f"user-{number}" for number in range(10_000)]


def cohort(ids: list[str], as_of: int = 7) -> Cohort:
    return Cohort("User", HashedIds.of(ids), as_of)


def test_a_change_of_a_hundred_ids_sends_about_a_hundred():
    before, after = cohort(IDS), cohort([*IDS[50:], *(f"new-{number}" for number in range(50))], as_of=8)
    entry = cohort_entry("beta", after, before)
    assert hashed_bytes(Update(cohorts=[entry])) == 100 * 8
    assert entry.ByteSize() < 1000
    assert read_cohort(entry, before) == after


@pytest.mark.parametrize("before", [None, Cohort("User", frozenset(["ann"])), cohort(["another", "list"]), cohort([])])
def test_a_list_is_sent_whole_where_that_is_no_more(before: Cohort | None):
    after = cohort(["ann", "bob"])
    entry = cohort_entry("beta", after, before)
    assert read_cohort(entry, before) == after
    assert hashed_bytes(Update(cohorts=[entry])) == 16


def test_members_that_a_manifest_names_travel_as_they_are():
    named = Cohort("company", frozenset(["acme"]))
    assert read_cohort(cohort_entry("big", named, cohort(IDS)), cohort(IDS)) == named


def test_a_change_of_what_is_not_held_is_refused():
    entry = cohort_entry("beta", cohort([*IDS, "ann"]), cohort(IDS))
    for held in (None, cohort([]), Cohort("User", frozenset()), cohort([*IDS, "ann"])):
        assert held is not None or isinstance(entry, CohortEntry)
        if held == cohort([]):
            assert read_cohort(entry, held) != cohort([*IDS, "ann"])
            continue
        with pytest.raises(RulesetError, match="the list of the cohort 'beta'"):
            read_cohort(entry, held)


def test_hashes_out_of_order_are_refused():
    entry = cohort_entry("beta", cohort(["ann", "bob"]), None)
    entry.hashed_members.added = entry.hashed_members.added[8:] + entry.hashed_members.added[:8]
    with pytest.raises(RulesetError, match="not in order"):
        read_cohort(entry, None)
