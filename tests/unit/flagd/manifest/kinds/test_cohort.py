from __future__ import annotations

import uuid

from tests.unit.flagd.manifest.findings import found, resource, warned


def test_a_cohort_has_its_limit():
    ids = [str(uuid.UUID(int=number)) for number in range(20_001)]
    assert [one.reason for one in found(resource("FlagCohort", {"members": ids}))] == ["LimitExceeded"]


def test_a_unit_that_looks_like_user_is_warned_of():
    assert [one.path for one in warned(resource("FlagCohort", {"unit": "user"}))] == ["spec.unit"]


def test_a_member_that_yaml_may_have_made_of_a_number_is_warned_of():
    assert [one.path for one in warned(resource("FlagCohort", {"members": ["ann", "1e+06"]}))] == ["spec.members[1]"]
