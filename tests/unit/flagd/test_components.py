from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flagd.components import components

GRAPHS = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3), max_size=8)


def reached(start: int, graph: dict[int, list[int]]) -> set[int]:
    seen = {start}
    ahead = [start]
    for node in ahead:
        fresh = [target for target in graph.get(node, ()) if target not in seen]
        seen.update(fresh)
        ahead += fresh
    return seen


@given(GRAPHS)
def test_nodes_that_reach_each_other_are_one_component_and_every_node_is_in_one(graph: dict[int, list[int]]) -> None:
    found = list(components(graph, lambda node: graph.get(node, ())))
    everything = set(graph).union(*graph.values())
    assert sorted(node for component in found for node in component) == sorted(everything)
    for component in found:
        together = {node for node in reached(component[0], graph) if component[0] in reached(node, graph)}
        assert set(component) == together


def test_only_what_the_roots_reach_is_searched() -> None:
    assert list(components(["a"], {"a": ["b"], "b": [], "c": ["a"]}.__getitem__)) == [["b"], ["a"]]


def test_a_chain_of_any_length_is_searched() -> None:
    assert sum(1 for _ in components([0], lambda node: [node + 1] if node < 50_000 else [])) == 50_001
