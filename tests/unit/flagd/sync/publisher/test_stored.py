"""StoredPublications: what a flagd serves is what it publishes."""

from flagd.snapshot import Snapshot
from flagd.store import Store
from flagd.sync.publisher.stored import StoredPublications
from flagd.sync.subscriber.connection import Term
from tests.unit.flagd.ruleset.contents import many


def served(store, *rulesets):
    store.replace({one.project: Snapshot.make(one, None, 0.0) for one in rulesets})


def test_before_the_first_ruleset_nothing_is_published():
    assert StoredPublications(Store(), lambda: None).current is None


def test_what_is_served_is_published():
    store = Store()
    served(store, many(2))
    publication = StoredPublications(store, lambda: None).current
    assert (publication.rulesets, publication.publishing, publication.stale) == ({"p": many(2)}, True, False)


def test_without_a_publisher_to_follow_changes_are_counted_and_not_looks():
    store = Store()
    publications = StoredPublications(store, lambda: None)
    sequences = []
    for ruleset in (many(1), many(1), many(2)):
        served(store, ruleset)
        sequences.append((publications.current.epoch, publications.current.sequence))
    assert sequences == [(0, 1), (0, 1), (0, 2)]


def test_the_term_of_the_publisher_that_is_followed_is_passed_on():
    store = Store()
    served(store, many(1))
    publication = StoredPublications(store, lambda: Term(True, 7, 42, False)).current
    assert (publication.epoch, publication.sequence) == (7, 42)


def test_one_stale_project_makes_the_publication_stale():
    store = Store()
    store.replace({"p": Snapshot.make(many(1), None, 0.0).lost()})
    assert StoredPublications(store, lambda: None).current.stale


def test_closing_the_store_closes_the_publications():
    store = Store()
    publications = StoredPublications(store, lambda: None)
    with publications.subscribe() as changed:
        store.close()
        assert (changed.is_set(), publications.closed) == (True, True)
