"""Change and HashedRuleset: from one ruleset to another, and to the same bytes."""

from dataclasses import replace

import pytest
from hypothesis import given

from flagd.ruleset import Cohort, Deployment, RulesetError, canonical_json
from flagd.ruleset import change as change_module
from flagd.ruleset.change import Change, find_change
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import ABSENT
from tests.unit.flagd.ruleset.contents import RULESETS, flag, make, many

COHORT = Cohort("User", frozenset("x"))
NOTHING = Change({}, {}, {}, {})


@given(RULESETS, RULESETS)
def test_what_differs_makes_one_ruleset_of_the_other(before, after):
    edition = HashedRuleset.of(before).changed(find_change(before, after))
    assert edition.ruleset == after
    assert canonical_json(edition.ruleset.as_json()) == canonical_json(after.as_json())
    edition.ruleset.verify()


@given(RULESETS)
def test_nothing_differs_from_itself(ruleset):
    assert find_change(ruleset, HashedRuleset.of(ruleset).ruleset) == NOTHING


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (make({"a": flag("a")}), make({"a": flag("a"), "b": flag("b")}), {"flags": {"b": flag("b")}}),
        (make({"a": flag("a")}), make(), {"flags": {"a": ABSENT}}),
        (make({"a": flag("a", x=1)}), make({"a": flag("a", x=True)}), {"flags": {"a": flag("a", x=True)}}),
        (make({"a": flag("a", x=1)}), make({"a": flag("a", x=1.0)}), {}),
        (
            make({"a": flag("a")}, visibility={"a": ["web"]}),
            make({"a": flag("a")}),
            {"visibility": {"a": ABSENT}},
        ),
        (
            make(),
            make(cohorts={"c": Cohort("User", frozenset("x"))}),
            {"cohorts": {"c": Cohort("User", frozenset("x"))}},
        ),
        (make(deployments={"d": Deployment("Client", frozenset())}), make(), {"deployments": {"d": ABSENT}}),
    ],
)
def test_only_what_differs_is_in_a_change(before, after, change):
    assert find_change(before, after) == replace(NOTHING, **change)


def test_what_is_shared_is_not_even_looked_at(monkeypatch):
    before = HashedRuleset.of(many(1000))
    after = before.changed(replace(NOTHING, flags={"f7": flag("f7", metadata={"x": 1})}))
    compared = []
    monkeypatch.setattr(change_module, "canonical_json", lambda value: compared.append(value) or canonical_json(value))
    assert list(find_change(before.ruleset, after.ruleset).flags) == ["f7"]
    assert len(compared) == 2


def test_flags_that_do_not_change_are_the_same_objects():
    before = HashedRuleset.of(many(3))
    after = before.changed(find_change(before.ruleset, many(3, f1=1)))
    assert [after.ruleset.flags[key] is before.ruleset.flags[key] for key in ("f0", "f1", "f2")] == [True, False, True]


def test_an_edition_of_a_ruleset_with_another_revision_is_refused():
    with pytest.raises(RulesetError, match="the content is that of revision"):
        HashedRuleset.of(replace(many(2), revision=many(1).revision))


def test_content_that_is_no_json_is_refused():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(RulesetError, match="not JSON that flags are made of"):
        HashedRuleset.empty("p").changed(replace(NOTHING, flags={"a": flag("a", x=nested)}))


def test_an_empty_edition_has_the_revision_of_nothing():
    assert HashedRuleset.empty("p").ruleset == make()
