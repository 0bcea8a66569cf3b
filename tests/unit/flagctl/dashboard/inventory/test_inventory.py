import pytest

from flagctl.dashboard.inventory import record
from flagctl.dashboard.inventory.inventory import Inventory, View
from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.inventory.topic import Topic, topic_of


def other(kind, name):
    specs = {
        "FlagSegment": {"match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}]},
        "FlagRolloutPlan": {"steps": [{"percent": 100}]},
    }
    return item_of(kind, {"metadata": {"name": name, "namespace": "shop"}, "spec": specs[kind]})


def flag(name, *needs, namespace="shop", segment=""):
    spec = {"active": True, "variants": [{"key": "on"}]}
    if segment:
        spec["segments"] = [{"name": "some", "segmentRefs": [segment], "rollout": {"percent": 10}}]
    if needs:
        spec["prerequisites"] = {"flags": [{"key": key, "variants": ["on"]} for key in needs]}
    return item_of("Flag", {"metadata": {"name": name, "namespace": namespace}, "spec": spec})


def inventory(*items):
    found = Inventory()
    for item in items:
        found.put(item)
    return found


def names(items):
    return sorted(item.ref.name for item in items)


def test_a_closure_is_what_it_takes_to_compile_a_flag_in_a_circle_too():
    a, b = flag("a", "b"), flag("b", "a")
    view = View(inventory(a, b, flag("c", "a"), flag("b", namespace="other")))
    assert names(view.closure(a)) == ["a", "b"]
    assert names(view.neighbourhood([b])) == ["a", "b", "c"]
    assert names(view.users(a)) == ["b", "c"]


def test_what_is_replaced_or_removed_is_forgotten_everywhere():
    known = inventory(flag("a", "b"), flag("b"))
    known.put(flag("a"))
    assert View(known).users(flag("b")) == []
    known.remove(flag("b").ref)
    assert View(known).find("shop", flag("b").node) is None
    known.replace([flag("c")])
    assert names(View(known).of_kind("Flag")) == ["c"]


def test_a_view_shows_nothing_of_what_may_not_be_seen():
    known = inventory(flag("a"), flag("b", namespace="secret"), flag("c", "b", namespace="secret"))
    view = View(known, lambda _kind, namespace: namespace != "secret")
    assert names(view.of_kind("Flag")) == ["a"]
    assert view.get("Flag", "secret", "b") is None
    assert view.find("secret", flag("b").node) is None
    assert view.users(flag("b", namespace="secret")) == []


def test_a_change_wakes_whoever_waits_and_what_says_the_same_nobody():
    known = inventory(flag("a"))
    with known.subscribe() as changed:
        known.put(flag("a"))
        known.replace([flag("a")])
        known.remove(flag("b").ref)
        assert not changed.is_set()
        known.put(flag("a", "b"))
        assert changed.is_set()


def a_of(name):
    return Topic(flag=("shop", name))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda known: known.put(flag("a", "b", "c")), {"a", "flags", "everything"}),
        (lambda known: known.remove(flag("a").ref), {"a", "flags", "everything"}),
        (lambda known: known.put(flag("b", "d")), {"a", "flags", "everything"}),
        (lambda known: known.remove(flag("b").ref), {"a", "flags", "everything"}),
        (lambda known: known.put(flag("user", "a")), {"a", "flags", "everything"}),
        (lambda known: known.put(flag("beside", "b")), {"flags", "everything"}),
        (lambda known: known.put(flag("a", namespace="web")), {"flags", "everything"}),
        (lambda known: known.put(flag("a", namespace="secret")), set()),
        (lambda known: known.put(other("FlagRolloutPlan", "default")), {"a", "everything"}),
        (lambda known: known.put(other("FlagSegment", "staff")), {"segments", "everything"}),
        (lambda known: known.put(flag("a", "b", segment="staff")), {"a", "flags", "segments", "everything"}),
        (lambda known: known.touch(), {"a", "flags", "segments", "cohorts", "everything"}),
    ],
)
def test_a_page_is_told_of_what_it_shows_and_of_nothing_else(change, told):
    known = inventory(flag("a", "b"), flag("b"), flag("c"))
    view = View(known, lambda _kind, namespace: namespace != "secret")
    topics = {
        "a": a_of("a"),
        "flags": topic_of("flags"),
        "segments": topic_of("FlagSegment"),
        "cohorts": topic_of("FlagCohort"),
        "everything": topic_of("everything"),
    }
    before = {name: view.version(topic) for name, topic in topics.items()}
    change(known)
    assert {name for name, topic in topics.items() if view.version(topic) > before[name]} == told


def test_a_page_of_what_is_missing_is_told_once_it_is_there():
    known = inventory(flag("a", "gone"))
    before = View(known).version(a_of("a")), View(known).version(a_of("new"))
    known.put(flag("gone"))
    assert View(known).version(a_of("a")) > before[0]
    known.put(flag("new"))
    assert View(known).version(a_of("new")) > before[1]


def test_what_is_remembered_of_names_is_bounded(monkeypatch):
    monkeypatch.setattr(record, "MOST_PLACES", 10)
    known = inventory(flag("a"))
    view = View(known)
    for number in range(50):
        known.put(flag(f"other-{number}"))
        known.remove(flag(f"other-{number}").ref)
    before = view.version(a_of("a"))
    known.put(flag("a", "b"))
    assert view.version(a_of("a")) > before
