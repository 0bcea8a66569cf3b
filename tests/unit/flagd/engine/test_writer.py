"""What is written about flags depends on their shape, and reads and hashes a user once."""

from __future__ import annotations

import pytest

from flagd.engine.flag import make_flag
from flagd.engine.writer import Writer, conditions, function, parts
from tests.unit.flagd.engine.flags import COUNTRY, PLAN, bucket, condition, flag, segment

US = [[condition(COUNTRY, "is", "US"), condition(PLAN, "is", "pro")], [condition(COUNTRY, "is", "CA")]]


def made(*segments):
    return make_flag(flag("f", *segments), {})


def written(*flags, reads_first=False):
    writer = Writer(flags, None, reads_first=reads_first)
    return writer, [writer.body(each, "return variant", "return c0") for each in flags]


def test_parts_are_segments_and_their_conditions():
    made_flag = made(segment("S", conditions=US), segment())
    assert [part.selector[-1] for part in conditions(made_flag)] == ["country", "plan", "country"]
    assert parts(made_flag) == 5


def test_flags_of_one_shape_have_one_text():
    one, other = made(segment("S", conditions=US)), made(segment("T", "b", conditions=US))
    assert written(one)[1] == written(other)[1]


@pytest.mark.parametrize("reads_first", [False, True])
def test_what_two_flags_read_is_read_once(reads_first):
    one, other = made(segment("S", conditions=US)), made(segment("T", conditions=US))
    writer, bodies = written(one, other, reads_first=reads_first)
    text = "".join([*(writer.reads if reads_first else ()), *bodies])
    assert text.count(".get(") == 4  # the user, the country, the properties, the plan


def test_two_flags_that_hash_alike_hash_once_and_others_each():
    alike = [made(segment("S", bucket=bucket(percent, "on"))) for percent in (10, 20)]
    other = made(segment("S", bucket=bucket(10, "on", salt="other")))
    for flags, hashes in [(alike, 1), ([*alike, other], 2)]:
        writer, _ = written(*flags, reads_first=True)
        assert sum(line.endswith(" = None\n") for line in writer.reads) == hashes


def test_a_function_has_its_constants_as_defaults():
    assert function("def made(first, c0, c1):\n return first, c0, c1\n", ("a", "b"))(1) == (1, "a", "b")
