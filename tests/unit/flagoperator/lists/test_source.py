from __future__ import annotations

from flagd.manifest.parts.list_origin import ListOrigin
from flagoperator.lists.source import Source


def test_a_source_serves_the_namespaces_that_it_names_or_all():
    assert Source("a").serves("shop")
    assert Source("a", namespaces=frozenset(["shop"])).serves("shop")
    assert not Source("a", namespaces=frozenset(["shop"])).serves("other")


def test_a_path_is_appended_to_the_address():
    assert (
        Source("a", "https://w.example/x/").address(ListOrigin(source="a", path="b/c.csv"))
        == "https://w.example/x/b/c.csv"
    )
