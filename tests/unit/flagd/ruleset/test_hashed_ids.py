from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.ruleset.hashed_ids import EMPTY, HashedIds, hash_id, read_hashes, sort_hashes, write_hashes

IDS = [f"user-{number}" for number in range(5000)]


def test_who_is_on_a_list_is_found_and_nobody_else():
    ids = HashedIds.of(IDS)
    assert len(ids) == 5000
    assert all(each in ids for each in IDS)
    assert not any(f"other-{each}" in ids for each in IDS)
    assert "user-1" not in EMPTY


def test_an_id_is_the_low_half_of_murmur3_x64_128_of_its_utf_8():
    assert hash_id(b"hello") == 0xCBD8A7B341BD9B02
    assert "\ud800" in HashedIds.of(["\N{REPLACEMENT CHARACTER}"])


def test_an_id_takes_at_most_ten_bytes():
    assert HashedIds.of(IDS).size <= 10 * len(IDS)


@given(st.sets(st.text(max_size=3)), st.sets(st.text(max_size=3)))
def test_a_difference_makes_one_of_the_other(before: set[str], after: set[str]):
    one, other = HashedIds.of(before), HashedIds.of(after)
    gone, new = one.difference(other)
    assert (len(gone), len(new)) == (len(before - after), len(after - before))
    assert one.changed(gone, new) == other
    assert (one == other) == (before == after)


def test_a_difference_that_does_not_fit_is_refused():
    ids = HashedIds.of(["a", "b"])
    with pytest.raises(ValueError, match="not there"):
        ids.changed(array("Q", [hash_id(b"c")]), array("Q"))
    with pytest.raises(ValueError, match="is there"):
        ids.changed(array("Q"), array("Q", [hash_id(b"a")]))


def test_bytes_are_read_back_and_what_is_not_in_order_is_refused():
    ids = HashedIds.of(IDS)
    assert HashedIds.from_bytes(ids.to_bytes()) == ids
    assert write_hashes(array("Q", [1, 2])) == b"\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
    for wrong in (b"\1", write_hashes(array("Q", [2, 1])), write_hashes(array("Q", [1, 1]))):
        with pytest.raises(ValueError, match=r"order|length|multiple"):
            read_hashes(wrong)


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_sorting_keeps_each_once(hashes: list[int]):
    assert list(sort_hashes(hashes)) == sorted(set(hashes))
