from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler.graph.cycle import find_cycles
from flagd.compiler.graph.references import KEY


def cycles(graph: dict[str, list[str]], *roots: str) -> dict[str, str]:
    """The text of the cycle of every node that is in one."""
    found = find_cycles(
        [(KEY, root) for root in roots or graph],
        lambda node: frozenset((KEY, target) for target in graph.get(node[1], ())),
    )
    return {name: cycle.text for (_, name), cycle in found.items() if cycle is not None}


def test_a_chain_has_no_cycle():
    assert cycles({"a": ["b"], "b": ["c"]}) == {}


def test_every_member_sees_the_cycle_from_where_it_stands():
    assert cycles({"a": ["b"], "b": ["c"], "c": ["a"]}) == {
        "a": "a → b → c → a",
        "b": "b → c → a → b",
        "c": "c → a → b → c",
    }


def test_a_node_can_be_its_own_cycle():
    assert cycles({"a": ["a"], "b": ["a"]}) == {"a": "a → a"}


def test_who_only_leads_to_a_cycle_is_not_in_it():
    assert set(cycles({"out": ["a"], "a": ["b"], "b": ["a", "leaf"]})) == {"a", "b"}


def test_two_cycles_through_one_node_are_told_apart():
    assert cycles({"hub": ["a", "b"], "a": ["hub"], "b": ["hub"]}) == {
        "a": "a → hub → a",
        "b": "b → hub → b",
        "hub": "hub → a → hub",
    }


def test_the_middle_of_a_long_cycle_is_counted():
    names = [f"f{index:02}" for index in range(20)]
    graph = {name: [names[(index + 1) % 20]] for index, name in enumerate(names)}
    assert cycles(graph)["f00"] == ("f00 → f01 → f02 → f03 → f04 → f05 → (9 more) → f15 → f16 → f17 → f18 → f19 → f00")


def test_the_longest_cycle_that_is_shown_whole_has_eleven_members():
    names = [f"f{index:02}" for index in range(11)]
    graph = {name: [names[(index + 1) % 11]] for index, name in enumerate(names)}
    assert cycles(graph)["f00"].split(" → ") == [*names, "f00"]


def test_ten_thousand_flags_in_one_cycle_are_found():
    graph = {f"f{index}": [f"f{(index + 1) % 10_000}"] for index in range(10_000)}
    assert len(cycles(graph)) == 10_000


GRAPHS = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3, unique=True), max_size=6
)


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


@given(GRAPHS)
def test_a_node_has_a_cycle_exactly_if_it_reaches_itself_and_the_path_is_real(graph):
    found = cycles(graph)
    assert set(found) == {node for node in graph if node in reachable(graph, node)}
    for node, text in found.items():
        path = text.split(" → ")
        assert path[0] == path[-1] == node
        assert all(target in graph[source] for source, target in pairwise(path))


@given(GRAPHS, st.sampled_from("abcdef"))
def test_a_root_sees_the_cycles_that_it_reaches_as_a_search_of_everything_does(graph, root):
    reached = reachable(graph, root) | {root}
    everything = cycles(graph)
    assert cycles(graph, root) == {node: text for node, text in everything.items() if node in reached}
