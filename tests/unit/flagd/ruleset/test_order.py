from hypothesis import given
from hypothesis import strategies as st

from flagd.ruleset.order import cycle_members, evaluation_order

GRAPHS = st.dictionaries(
    st.integers(0, 7).map(str), st.lists(st.integers(0, 8).map(str), max_size=3).map(tuple), max_size=8
)


def reaches(start, goal, graph):
    seen: set[str] = set()
    ahead = list(graph.get(start, ()))
    while ahead:
        key = ahead.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            ahead += graph.get(key, ())
    return False


def test_parents_come_first_in_the_order_they_are_named():
    assert evaluation_order(["c"], {"c": ("b", "a"), "a": (), "b": ("a",)}) == ["a", "b", "c"]


def test_unknown_keys_are_left_out():
    assert evaluation_order(["ghost", "a"], {"a": ("ghost",)}) == ["a"]


def test_a_chain_of_any_length_has_an_order():
    chain = {str(number): (str(number + 1),) for number in range(10_000)}
    assert evaluation_order(["0"], chain)[-1] == "0"
    assert cycle_members(chain) == set()


def test_a_bystander_of_cycles_is_no_member():
    graph = {"a": ("b",), "b": ("a",), "between": ("a",), "c": ("c", "between"), "child": ("c",), "d": ("e",), "e": ()}
    assert cycle_members(graph) == {"a", "b", "c"}


@given(GRAPHS)
def test_the_members_of_cycles_are_those_that_reach_themselves(graph):
    assert cycle_members(graph) == {key for key in graph if reaches(key, key, graph)}


@given(GRAPHS)
def test_every_known_key_is_ordered_once_and_after_its_parents(graph):
    order = evaluation_order(graph, graph)
    assert sorted(order) == sorted(graph)
    for key in order:
        for parent in graph[key]:
            if parent in graph and not reaches(parent, key, graph) and parent != key:
                assert order.index(parent) < order.index(key)
