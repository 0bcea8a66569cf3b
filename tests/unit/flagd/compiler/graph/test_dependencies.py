from flagd.compiler.graph.dependencies import Dependencies
from flagd.compiler.project import Project

A, B, C = (("key", name) for name in "abc")


def linked(**edges):
    linkage = Dependencies(Project("default"))
    for name, targets in edges.items():
        linkage.connect(("key", name), frozenset(("key", target) for target in targets))
    return linkage


def test_edges_are_known_in_both_directions():
    linkage = linked(a="c", b="c")
    assert linkage.used_by_node(A) == {C}
    assert set(linkage.users_of(C)) == {A, B}


def test_an_edge_that_goes_is_gone_in_both_directions():
    linkage = linked(a="bc")
    linkage.connect(A, frozenset([B]))
    assert set(linkage.users_of(C)) == set()
    assert set(linkage.users_of(B)) == {A}


def test_a_cycle_is_news_once_for_those_in_it():
    linkage = linked(a="b", b="a", c="a")
    assert set(linkage.settle()) == {A, B}
    assert linkage.cycle(A) is not None
    assert linkage.cycle(C) is None
    assert linkage.settle() == []


def test_a_broken_cycle_is_news_for_its_former_members():
    linkage = linked(a="b", b="a")
    linkage.settle()
    linkage.connect(B, frozenset())
    assert set(linkage.settle()) == {A, B}
    assert linkage.cycle(A) is None


def test_closed_edges_can_be_read_by_the_next_change():
    linkage = linked(a="c")
    linkage.close()
    assert set(linkage.users.freeze()[C]) == {A}
