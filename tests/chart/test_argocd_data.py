"""Argo CD's form of test data: each input of health_test.yaml has the health that stands there."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from flagd.manifest import KINDS
from tests.cluster.argocd import FOLDER, health

TESTS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "health_test.yaml").read_text())["tests"]
INPUTS = {each["inputPath"]: yaml.safe_load((FOLDER / each["inputPath"]).read_text()) for each in TESTS}


@pytest.mark.parametrize("case", TESTS, ids=lambda case: case["inputPath"])
def test_the_script_says_what_stands_in_the_data(case: dict[str, Any]):
    assert health(INPUTS[case["inputPath"]])._asdict() == case["healthStatus"]


def test_there_is_data_of_every_kind_and_every_verdict_and_none_is_left_out():
    assert {each["kind"] for each in INPUTS.values()} == set(KINDS)
    assert {each["healthStatus"]["status"] for each in TESTS} == {"Healthy", "Progressing", "Suspended", "Degraded"}
    assert {f"testdata/{path.name}" for path in (FOLDER / "testdata").iterdir()} == set(INPUTS)
