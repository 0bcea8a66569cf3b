import pytest

from flagd.engine.bucket import bucket_table
from flagd.engine.variant import MISSING, Reason, Variant
from flagd.hashing import bucket
from tests.unit.flagd.engine.flags import END, USER_ID

USERS = [f"user-{number}" for number in range(300)]


def by_the_definition(raw, value):
    """Amplitude's loop: the first distribution that holds the hash, of the first allocations that hold it."""
    found = bucket(raw["salt"], value)
    for allocation in raw["allocations"]:
        if allocation["range"][0] <= found.allocation < allocation["range"][1]:
            for distribution in allocation["distributions"]:
                if distribution["range"][0] <= found.distribution < distribution["range"][1]:
                    return distribution["variant"]
    return "otherwise"


def variant(key):
    return Variant(key, key, None, {}, Reason.SPLIT, "")


def part(variant, start, end):
    return {"variant": variant, "range": [start, end]}


def allocation(start, end, *parts):
    return {"range": [start, end], "distributions": list(parts)}


@pytest.mark.parametrize(
    "allocations",
    [
        [],
        [allocation(0, 100)],
        [allocation(0, 0, part("a", 0, END))],
        [allocation(100, 0, part("a", 0, END))],
        [allocation(0, 100, part("a", 0, END))],
        [allocation(0, 25, part("a", 0, END))],
        [allocation(-5, 200, part("a", -1, END * 2))],
        [allocation(0, 100, part("a", 0, 21474837), part("b", 21474836, END))],
        [allocation(0, 100, part("a", 10_000_000, 20_000_000), part("b", 0, 30_000_000))],
        [allocation(0, 100, part("a", 0, 10_000_000)), allocation(20, 60, part("b", 5_000_000, 40_000_000))],
        [allocation(0, 60, part("a", 0, END)), allocation(40, 100, part("b", 0, END))],
        [allocation(0, 33, part("a", 0, END)), allocation(33, 34, part("a", 0, 14173393))],
        [allocation(0, 100, part("a", 30_000_000, 10_000_000), part("b", 7, 7), part("c", 5, 42949672))],
        [allocation(0.5, 99.5, part("a", 0.5, 21474836.5), part("b", 21474836.5, END))],
        [allocation(10 * step, 10 * step + 10, part(str(step), 0, END)) for step in range(10)],
    ],
)
def test_a_table_gives_what_amplitudes_loop_gives(allocations):
    raw = {"selector": USER_ID, "salt": "salt", "allocations": allocations}
    table = bucket_table(raw, variant, variant("otherwise"))
    got = [table.outcome({"user": {"user_id": user}}, {}).key for user in USERS]
    assert got == [by_the_definition(raw, user) for user in USERS]


@pytest.mark.parametrize("number", [0, 99, 100, 4294967199, 4294967200, 4294967295])
def test_the_ends_of_the_hash_range_are_in_the_table(number):
    raw = {"selector": USER_ID, "salt": "s", "allocations": [allocation(0, 100, part("a", 0, END))]}
    assert bucket_table(raw, variant, None).at(number).key == "a"


@pytest.mark.parametrize("user", [{}, {"user_id": None}, {"user_id": ""}])
def test_a_user_without_a_value_gets_what_is_outside_and_why(user):
    raw = {"selector": USER_ID, "salt": "s", "allocations": [allocation(0, 100, part("a", 0, END))]}
    found = bucket_table(raw, variant, variant("otherwise")).outcome({"user": user}, {})
    assert (found.key, found.missing, found.told) == ("otherwise", "user.user_id", {MISSING: "user.user_id"})
    assert bucket_table(raw, variant, None).outcome({"user": user}, {}) is None


def test_the_outcome_changes_exactly_at_the_edge():
    raw = {"selector": USER_ID, "salt": "s", "allocations": [allocation(0, 100, part("a", 0, 5), part("b", 5, END))]}
    table = bucket_table(raw, lambda key: key, None)
    assert [table.at(number) for number in (0, 499, 500)] == ["a", "a", "b"]


def test_an_edge_at_which_nothing_changes_is_none():
    """As Amplitude and our compiler divide users into halves: the ranges overlap by one."""
    halves = allocation(0, 100, part("a", 0, 21474837), part("b", 21474836, END))
    table = bucket_table({"selector": USER_ID, "salt": "s", "allocations": [halves]}, lambda key: key, None)
    assert table.rows == (((2147483700,), ("a", "b")),)


def test_flags_of_the_same_percentages_share_them_and_answer_with_their_own_variants():
    raw = {"selector": USER_ID, "salt": "s", "allocations": [allocation(0, 25, part("a", 0, END))]}
    one, other = (bucket_table({**raw, "salt": salt}, variant, None) for salt in ("one", "other"))
    assert one.index is other.index
    assert one.rows[0][0] is other.rows[0][0]
    assert one.at(0) is not other.at(0)
    assert (one.at(99), other.at(99)) == (None, None)


def test_what_nobody_gets_is_not_looked_at():
    beyond = allocation(100, 120, {"variant": [], "range": "none"})
    table = bucket_table({"selector": USER_ID, "salt": "s", "allocations": [beyond]}, variant, variant("otherwise"))
    assert table.at(0).key == "otherwise"


def test_a_large_split_is_divided_as_a_small_one():
    parts = [part(str(number), number * END // 200, (number + 1) * END // 200) for number in range(200)]
    raw = {"selector": USER_ID, "salt": "s", "allocations": [allocation(0, 100, *parts)]}
    table = bucket_table(raw, variant, None)
    got = [table.outcome({"user": {"user_id": user}}, {}).key for user in USERS]
    assert got == [by_the_definition(raw, user) for user in USERS]
