import pytest

from tests.unit.flagd.compiler.manifest import IN_US, cohort, compiled, findings, segments, targeted

COMPANY_COHORTS = ["context", "groups", "company", "cohort_ids"]
USER_COHORTS = ["context", "user", "cohort_ids"]


def conditions(*match, resources=()):
    result = compiled(targeted("f", *match), *resources)
    assert result.diagnostics == []
    return segments(result, "f")[0]["conditions"]


@pytest.mark.parametrize(
    ("attribute", "selector"),
    [
        ("user.country", ["context", "user", "country"]),
        ("user.properties.plan", ["context", "user", "user_properties", "plan"]),
        ("user.properties['a.b']", ["context", "user", "user_properties", "a.b"]),
        ("user.cohort_ids", ["context", "user", "cohort_ids"]),
        ("groups.org.name", ["context", "groups", "org", "group_name"]),
        ("groups.org.properties.size", ["context", "groups", "org", "group_properties", "size"]),
        ("groups.org.cohort_ids", ["context", "groups", "org", "cohort_ids"]),
    ],
)
def test_an_attribute_becomes_a_selector(attribute, selector):
    [[condition]] = conditions({"attribute": attribute, "op": "contains", "values": ["x"]})
    assert condition == {"selector": selector, "op": "contains", "values": ["x"]}


def test_values_are_written_once_in_the_order_given():
    [[condition]] = conditions({"attribute": "user.os", "op": "is", "values": ["b", "a", "b"]})
    assert condition["values"] == ["b", "a"]


@pytest.mark.parametrize(
    ("op", "compiled_op"), [("glob match", "regex match"), ("glob does not match", "regex does not match")]
)
def test_a_glob_becomes_a_regular_expression(op, compiled_op):
    [[condition]] = conditions({"attribute": "user.properties.path", "op": op, "values": ["/a/*", "/b"]})
    assert condition["op"] == compiled_op
    assert condition["values"] == ["^(?:/a/[^/]*)$", "^(?:/b)$"]


@pytest.mark.parametrize(
    ("op", "compiled_op"), [("in cohort", "set contains any"), ("not in cohort", "set does not contain any")]
)
@pytest.mark.parametrize(("unit", "selector"), [("User", USER_COHORTS), ("company", COMPANY_COHORTS)])
def test_a_cohort_is_looked_up_by_its_own_unit(op, compiled_op, unit, selector):
    found = conditions({"op": op, "values": ["vip"]}, resources=[cohort("vip", unit=unit)])
    assert found == [[{"selector": selector, "op": compiled_op, "values": ["vip"]}]]


def test_in_one_of_two_cohorts_of_different_units_is_either():
    both = [cohort("vip"), cohort("firms", unit="company")]
    found = conditions(IN_US, {"op": "in cohort", "values": ["firms", "vip"]}, resources=both)
    assert [[each["selector"][-1] for each in alternative] for alternative in found] == [["country", "cohort_ids"]] * 2
    assert [alternative[1]["selector"] for alternative in found] == [USER_COHORTS, COMPANY_COHORTS]


def test_in_neither_of_two_cohorts_of_different_units_is_both():
    both = [cohort("vip"), cohort("firms", unit="company")]
    [found] = conditions({"op": "not in cohort", "values": ["firms", "vip"]}, resources=both)
    assert [each["selector"] for each in found] == [USER_COHORTS, COMPANY_COHORTS]


@pytest.mark.parametrize(
    ("condition", "path", "reason"),
    [
        ({"op": "in cohort", "values": ["vip"]}, "values[0]", "ReferenceMissing"),
    ],
)
def test_a_broken_condition_is_named_by_its_path(condition, path, reason):
    result = compiled(targeted("f", IN_US, condition))
    assert findings(result) == [("f", f"spec.segments[0].match[1].{path}", reason)]
