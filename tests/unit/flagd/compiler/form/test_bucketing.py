import pytest

from flagd.compiler.findings import Findings
from flagd.compiler.form.bucketing import Bucketed, bucketed, check_rebucketing
from tests.unit.flagd.compiler.manifest import flag, holdout

GROUP_NAME = ("context", "groups", "company", "group_name")


@pytest.mark.parametrize(
    ("bucketing", "expected"),
    [
        ({}, Bucketed("User", ("context", "user", "user_id"), "f")),
        ({"unit": "company"}, Bucketed("company", GROUP_NAME, "f")),
        ({"salt": "s"}, Bucketed("User", ("context", "user", "user_id"), "s")),
        ({"key": "user.device_id", "salt": "s"}, Bucketed("User", ("context", "user", "device_id"), "s")),
    ],
)
def test_what_is_not_said_has_a_default(bucketing, expected):
    assert bucketed(flag("f", bucketing=bucketing).spec.bucketing, "f") == expected


BEFORE = Bucketed("User", ("context", "user", "user_id"), "f")


@pytest.mark.parametrize(
    ("after", "paths"),
    [
        (BEFORE, []),
        (Bucketed("User", BEFORE.selector, "other"), ["spec.bucketing.salt"]),
        (Bucketed("company", GROUP_NAME, "f"), ["spec.bucketing.unit", "spec.bucketing.key"]),
    ],
)
def test_each_change_that_moves_users_is_refused(after, paths):
    findings = Findings(flag("f").ref)
    check_rebucketing(flag("f"), BEFORE, after, findings)
    assert [(each.path, each.reason) for each in findings.diagnostics] == [(path, "RebucketRefused") for path in paths]


def test_a_flag_may_allow_it_and_a_group_may_not():
    allowed, group = Findings(flag("f").ref), Findings(holdout("h").ref)
    after = Bucketed("User", BEFORE.selector, "other")
    check_rebucketing(flag("f", allowRebucket=True), BEFORE, after, allowed)
    check_rebucketing(holdout("h"), BEFORE, after, group)
    assert not allowed.broken
    assert "make a new FlagGroup" in group.diagnostics[0].message


def test_a_unit_that_is_not_known_is_no_change():
    findings = Findings(flag("f").ref)
    check_rebucketing(flag("f"), Bucketed(None, BEFORE.selector, "f"), BEFORE, findings)
    assert not findings.broken
