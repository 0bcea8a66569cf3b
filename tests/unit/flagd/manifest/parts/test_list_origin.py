from __future__ import annotations

import pytest

from tests.unit.flagd.manifest.findings import found, resource


@pytest.mark.parametrize("path", ["beta.csv", "exports/2026/beta-users.v1.csv", "a", "A_b/c.d"])
def test_a_path_below_the_source_is_taken(path: str):
    assert found(resource("FlagCohort", {"from": {"source": "warehouse", "path": path}})) == []


ELSEWHERE = ["../x", "a/../b", "a/..", "..", ".", "/etc/passwd", "a//b", "a/", "https://x", "a@b", ".hidden", "a/.b"]
ODD = ["a?b", "a#b", "a%2e", "a\\b", "-a", "a b", "a\n", "", "ä"]


@pytest.mark.parametrize("path", [*ELSEWHERE, *ODD])
def test_a_path_that_could_lead_elsewhere_is_refused(path: str):
    [one] = found(resource("FlagCohort", {"from": {"source": "warehouse", "path": path}}))
    assert one.path == "spec.from.path"


def test_a_list_and_members_are_not_for_one_cohort():
    spec = {"from": {"source": "warehouse", "path": "a"}, "members": ["ann"]}
    assert [one.reason for one in found(resource("FlagCohort", spec))] == ["ExactlyOne"]
