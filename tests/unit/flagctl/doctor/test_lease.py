from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flagctl.doctor.lease import check
from flagctl.doctor.picture import Installation, Picture

NOW = 1_800_000_000.0
WHERE = Installation("flags", "system:serviceaccount:flags:flagoperator", ("flags", "flagd"))


def lease(age: float, replicas: str = "2/2", holder: str = "flagoperator-a") -> dict:
    renewed = datetime.fromtimestamp(NOW - age, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    metadata = {"annotations": {"flagoperator.dev/replicas": replicas}}
    return {"metadata": metadata, "spec": {"holderIdentity": holder, "renewTime": renewed}}


def said(**seen: object) -> list[tuple[str, str]]:
    found = check(Picture(NOW, "0.1.0", WHERE, **seen))  # type: ignore[arg-type]
    return [(str(each.level), each.about) for each in found]


@pytest.mark.parametrize("age", [16, 7200, 10**8])
def test_a_lease_that_is_not_renewed_is_a_problem(age: float):
    assert said(lease=lease(age)) == [("problem", "Lease")]


@pytest.mark.parametrize("age", [-3600, 0, 9])
def test_a_clock_that_is_behind_that_of_the_operator_is_no_problem(age: float):
    assert ("ok", "Lease") in said(lease=lease(age))


@pytest.mark.parametrize("renewed", ["", "soon", "None"])
def test_a_time_that_is_none_is_said(renewed: str):
    damaged = lease(0)
    damaged["spec"]["renewTime"] = renewed
    assert said(lease=damaged) == [("problem", "Lease")]


@pytest.mark.parametrize(
    ("replicas", "level"),
    [
        ("2/2", "ok"),
        ("1/2", "problem"),
        ("0/0", "problem"),
        ("", "unknown"),
        ("two", "unknown"),
        ("1/2\x1b[m", "unknown"),
    ],
)
def test_the_count_of_the_stream_is_judged(replicas: str, level: str):
    assert said(lease=lease(1, replicas))[1] == (level, "stream")
