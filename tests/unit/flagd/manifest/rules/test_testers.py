import pytest

from tests.unit.flagd.manifest.findings import flag, found, warned


def having(**testers):
    return flag(variants=[{"key": "on", "testers": testers}])


def test_a_cohort_stands_once():
    (finding,) = found(having(cohorts=["vip", "vip"]))
    assert (finding.path, finding.reason) == ("spec.variants[0].testers.cohorts[1]", "Repeated")


@pytest.mark.parametrize("field", ["userIds", "deviceIds"])
def test_an_id_that_yaml_may_have_made_of_a_number_is_warned_of(field):
    assert [one.path for one in warned(having(**{field: ["1e+06"]}))] == [f"spec.variants[0].testers.{field}[0]"]


def test_the_names_of_groups_are_looked_at_too():
    assert [one.path for one in warned(having(groups={"company": ["acme", "1e+06"]}))] == [
        "spec.variants[0].testers.groups.company[1]"
    ]
