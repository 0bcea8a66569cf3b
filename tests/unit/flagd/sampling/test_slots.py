"""Slots: the first user of each counts, and what is told of them is short."""

from flagd.sampling.slots import MOST_PARTS, Slots, packed, unpacked


def test_the_first_of_a_slot_counts():
    slots = Slots(MOST_PARTS)
    assert slots.take(65_535, MOST_PARTS - 1)
    assert not slots.take(65_535, 0)
    assert slots.part(65_535) == MOST_PARTS - 1
    assert sum(slots.counts) == 1


def test_slots_survive_the_wire():
    assert list(unpacked(packed([0, 1, 255, 256, 65_535]))) == [0, 1, 255, 256, 65_535]
    assert list(unpacked(b"\x00\x01\x02")) == [1]
