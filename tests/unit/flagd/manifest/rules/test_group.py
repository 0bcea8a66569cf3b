from __future__ import annotations

from typing import Any

import pytest

from tests.unit.flagd.manifest.findings import SLOTS, found, group
from tests.unit.flagd.manifest.wrong import GROUPS


@pytest.mark.parametrize(
    "obj",
    [
        group(type="MutualExclusion", slots=SLOTS),
        group(type="Holdout", holdout={"percent": 5, "include": {"userIds": ["ann"]}}),
        group(type="Holdout", holdout={"percent": 5}, bucketing={"unit": "company"}),
    ],
)
def test_a_group_that_is_right_is_accepted(obj: Any):
    assert found(obj) == []


@pytest.mark.parametrize("case", GROUPS.values(), ids=GROUPS)
def test_a_group_that_contradicts_itself_is_refused(case: tuple[Any, str, str, str]):
    obj, path, reason, says = case
    (finding,) = found(obj)
    assert (finding.path, finding.reason) == (path, reason)
    assert says in finding.message
