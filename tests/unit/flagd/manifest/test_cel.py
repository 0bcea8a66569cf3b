import re

import pytest

from flagd.manifest.cel import Rule, decimal, distinct, one_of, rising, unchanged


def test_what_is_said_stands_as_it_is_or_is_an_expression():
    assert Rule("self > 0", '"too small"').schema() == {"rule": "self > 0", "message": "too small"}
    assert Rule("self > 0", "'not ' + self", ".spec.x").schema() == {
        "rule": "self > 0",
        "messageExpression": "'not ' + self",
        "fieldPath": ".spec.x",
    }


def test_names_are_a_list_in_a_stable_order():
    assert one_of(frozenset(["b", "a"])) == "['a', 'b']"


def test_no_two_entries_have_the_same_field():
    assert distinct("key", "twice").rule == "self.all(x, self.exists_one(y, y.key == x.key))"


def test_a_value_stays_unless_something_allows_it_to_change():
    rule = unchanged("salt", "self.salt", "!has(self.salt)", "stop", ".salt", unless="self.free")
    assert rule.rule == "(!has(self.salt) && !has(oldSelf.salt)) || (self.free) || self.salt == oldSelf.salt"
    assert "oldSelf.salt" in rule.says


@pytest.mark.parametrize("rule", [decimal("self", 2, 3), decimal("s.max", 15, 9, signed=True), rising("self", "x", 9)])
def test_numbers_are_checked_by_what_costs_the_same_for_texts_of_any_length(rule):
    # Where an estimate knows no length of a text, these are refused: they read all of it.
    assert not re.search(r"matches|contains|split|replace|substring|indexOf|isSorted|type\([^)]*\) [!=]=", rule)


def test_places_are_looked_at_as_far_as_a_number_may_go():
    assert "[0, 1, 2, 3, 4, 5].all(" in decimal("self", 2, 3)
    assert "[1, 2].exists(n, " in decimal("self", 2, 3)
    assert "[1, 2].all(i, i >= size(self) || " in rising("self", "percent", 3)
