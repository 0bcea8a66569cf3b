"""Census: flags and groups of rulesets, each counted for itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler import compile_project
from flagd.manifest import read_text
from flagd.ruleset.census import Census, Counts

HEAD = "{apiVersion: flagoperator.dev/v1alpha1, metadata: {namespace: shop, name: %s}, kind: %s, spec: %s}\n---\n"
FLAG = "{active: true, variants: [{key: a}], allOtherUsers: {percent: %d}}"
GROUP = "{type: Holdout, holdout: {percent: 10}}"


def ruleset(flags, groups=""):
    text = "".join(HEAD % (name, "Flag", FLAG % percent) for name, percent in flags.items())
    text += "".join(HEAD % (name, "FlagGroup", GROUP) for name in groups)
    return compile_project(read_text(text, "a.yaml").resources, project="shop").ruleset


@pytest.mark.parametrize(("flags", "groups"), [("", ""), ("a", ""), ("ab", "g"), ("", "gh")])
def test_flags_and_groups_are_counted_each_for_itself(flags, groups):
    assert Census().count(ruleset(dict.fromkeys(flags, 10), groups)) == Counts(len(flags), len(groups))


@given(st.lists(st.tuples(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)), st.sets(st.sampled_from("gh")))))
def test_a_count_after_others_is_the_count_that_knows_nothing_of_them(steps):
    census = Census()
    for flags, groups in steps:
        one = ruleset(flags, sorted(groups))
        assert census.count(one) == Census().count(one)


def test_projects_that_are_gone_are_forgotten():
    census, one = Census(), ruleset({"a": 10})
    assert census.count_all({"shop": one}) == {"shop": Counts(1, 0)}
    assert census.count_all({}) == {}
    assert census._counted == {}
