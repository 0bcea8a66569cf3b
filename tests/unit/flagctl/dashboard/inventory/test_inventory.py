from flagctl.dashboard.inventory.inventory import Inventory, View
from flagctl.dashboard.inventory.item import item_of


def flag(name, *needs, namespace="shop"):
    spec = {"active": True, "variants": [{"key": "on"}]}
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


def test_a_change_wakes_whoever_waits():
    known = inventory()
    before = known.version
    with known.subscribe() as changed:
        known.put(flag("a"))
        assert changed.is_set()
    assert known.version > before
