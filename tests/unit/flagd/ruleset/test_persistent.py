from hypothesis import given
from hypothesis import strategies as st

from flagd.ruleset.persistent import ABSENT, Draft, PersistentMap

KEYS = st.integers(0, 400)
CHANGES = st.dictionaries(KEYS, st.integers() | st.just(ABSENT), max_size=300)


def applied(entries: dict[int, int], changes: dict) -> dict[int, int]:
    return {key: value for key, value in {**entries, **changes}.items() if value is not ABSENT}


@given(st.lists(CHANGES, max_size=5))
def test_it_holds_what_a_dict_would_hold_and_earlier_maps_stay_as_they_were(steps):
    kept = [(PersistentMap(), {})]
    for changes in steps:
        persistent, plain = kept[-1]
        kept.append((persistent.changed(changes), applied(plain, changes)))
    for persistent, plain in kept:
        assert dict(persistent) == plain
        assert len(persistent) == len(plain)
        assert bool(persistent) == bool(plain)


@given(st.dictionaries(KEYS, st.integers(), max_size=200))
def test_iteration_is_in_the_order_of_keys(entries):
    assert list(PersistentMap(entries)) == sorted(entries)


@given(st.dictionaries(KEYS, st.integers(), max_size=200), KEYS)
def test_lookups_agree_with_a_dict(entries, key):
    persistent = PersistentMap(entries)
    assert persistent.get(key) == entries.get(key)
    assert persistent.get(key, "none") == entries.get(key, "none")
    assert (key in persistent) == (key in entries)


def test_equal_maps_are_equal_however_they_came_about():
    built = PersistentMap(dict.fromkeys(range(100), 0))
    assert built.changed({1: ABSENT}).changed({1: 0}) == built


def test_no_changes_make_no_new_map():
    persistent = PersistentMap({1: 2})
    assert persistent.changed({}) is persistent


@given(st.dictionaries(KEYS, st.integers(), max_size=100), CHANGES, KEYS)
def test_a_draft_shows_its_changes_before_they_are_made(entries, changes, key):
    draft = Draft(PersistentMap(entries))
    draft.update(changes)
    assert draft.look(key) == applied(entries, changes).get(key)
    assert dict(draft.freeze()) == applied(entries, changes)
    assert dict(draft.before) == entries
