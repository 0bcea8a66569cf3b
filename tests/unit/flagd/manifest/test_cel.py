from flagd.manifest.cel import Rule, distinct, one_of, unchanged


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
