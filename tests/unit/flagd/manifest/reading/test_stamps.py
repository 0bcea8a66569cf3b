"""Which files are read again."""

from flagd.manifest.reading.files import FoundFile
from flagd.manifest.reading.stamps import SETTLED_SECONDS, Stamps

NOW = 1_800_000_000.0


def found(size=1, changed=NOW - 10 * SETTLED_SECONDS):
    return FoundFile("a.yaml", (1, 2, size, 0, int(changed * 1e9)))


def test_a_file_that_is_as_it_was_is_not_read_again():
    stamps = Stamps(lambda: NOW)
    assert not stamps.is_same(found())
    assert stamps.is_same(found())
    assert not stamps.is_same(found(size=2))


def test_a_file_that_was_written_a_moment_ago_is_read_again_since_its_times_may_not_tell():
    stamps = Stamps(lambda: NOW)
    assert not stamps.is_same(found(changed=NOW - SETTLED_SECONDS / 2))
    assert not stamps.is_same(found(changed=NOW - SETTLED_SECONDS / 2))


def test_a_file_of_the_future_is_read_each_time_and_so_is_one_that_is_that_since_the_clock_was_set_back():
    now = [NOW]
    stamps = Stamps(lambda: now[0])
    assert not stamps.is_same(found(changed=NOW + 1))
    assert not stamps.is_same(found(changed=NOW + 1))
    assert not stamps.is_same(found())
    now[0] -= 20 * SETTLED_SECONDS
    assert not stamps.is_same(found())


def test_what_has_no_stamp_or_was_forgotten_is_read():
    stamps = Stamps(lambda: NOW)
    assert not stamps.is_same(FoundFile("-"))
    assert not stamps.is_same(FoundFile("-"))
    stamps.is_same(found())
    stamps.keep(())
    assert not stamps.is_same(found())
    stamps.forget("a.yaml")
    assert not stamps.is_same(found())
