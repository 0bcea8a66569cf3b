import pytest

from tests.unit.flagd.manifest.findings import flag, found, group, warned


@pytest.mark.parametrize(
    "obj",
    [flag(bucketing={"unit": "Users"}), group(type="Holdout", holdout={"percent": 5}, bucketing={"unit": "user"})],
)
def test_a_unit_that_looks_like_user_is_warned_of(obj):
    (warning,) = warned(obj)
    assert (warning.path, warning.reason) == ("spec.bucketing.unit", "DoubtfulUnit")
    assert "did you mean `User`?" in warning.message


@pytest.mark.parametrize("key", ["country", "user.cohort_ids", "groups.company.cohort_ids"])
def test_a_key_that_is_not_one_value_is_refused(key):
    (finding,) = found(flag(bucketing={"key": key}))
    assert (finding.path, finding.reason) == ("spec.bucketing.key", "InvalidAttribute")
