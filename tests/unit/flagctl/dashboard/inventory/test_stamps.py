"""Which files are read again."""

from flagctl.dashboard.inventory.stamps import SETTLED_SECONDS, Stamps
from flagd.manifest.reading.files import FoundFile

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


def test_what_has_no_stamp_or_was_forgotten_is_read():
    stamps = Stamps(lambda: NOW)
    assert not stamps.is_same(FoundFile("-"))
    assert not stamps.is_same(FoundFile("-"))
    stamps.is_same(found())
    stamps.keep(())
    assert not stamps.is_same(found())
