from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.pages.flag.serving import serving_of


def served(generation, **status):
    metadata = {"name": "it", "generation": generation}
    return serving_of(item_of("Flag", {"metadata": metadata, "spec": {}, "status": status}))


def test_an_earlier_generation_is_told_with_its_reason():
    told = {"type": "Published", "status": "False", "reason": "Broken", "message": "generation 2 is served"}
    found = served(3, conditions=[told], servedGeneration=2, published="2/2 (gen 2)", shortRevision="0123abcd")
    assert found.earlier
    assert (found.published, found.revision, found.message) == ("2/2 (gen 2)", "0123abcd", "generation 2 is served")


def test_the_newest_generation_is_not_an_earlier_one():
    told = {"type": "Published", "status": "True", "reason": "Published"}
    assert not served(3, conditions=[told], servedGeneration=3).earlier


def test_where_nobody_says_what_is_served_nothing_is_shown():
    assert served(1) is None
