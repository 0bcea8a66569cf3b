"""A kind that is registered is served by a real API server: explained, listed, checked."""

from __future__ import annotations

import urllib.error
from typing import TYPE_CHECKING

import pytest
import yaml

from flagd.manifest import crds
from tests.cluster.installation import DEFINITIONS, create
from tests.own_kind import own_kind, staircase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flagd.manifest.kinds import Kind
    from tests.cluster.stage import Stage

__all__ = ["own_kind"]


@pytest.fixture
def kind(stage: Stage, own_kind: Kind) -> Iterator[Kind]:
    (definition,) = [each for each in crds() if each["spec"]["names"]["kind"] == own_kind.name]
    create(stage.plane, DEFINITIONS, definition)
    stage.until(lambda: own_kind.plural in served(stage))
    yield own_kind
    stage.plane.request(f"{DEFINITIONS}/{definition['metadata']['name']}", "DELETE")
    stage.until(lambda: own_kind.plural not in served(stage))


def served(stage: Stage) -> set[str]:
    return {each["name"] for each in stage.plane.request("/apis/flagoperator.dev/v1alpha1")["resources"]}


def explained(stage: Stage, field: str) -> str:
    try:
        return " ".join(stage.kubectl("explain", field).split())
    except AssertionError:  # not published yet
        return ""


def test_an_own_kind_is_explained_listed_and_checked(stage: Stage, kind: Kind, tmp_path: Path):
    stage.until(lambda: "How long it is held" in explained(stage, f"{kind.plural}.spec.steps.hold"))
    assert "How a rollout rises" in explained(stage, kind.plural)
    file = tmp_path / "slow.yaml"
    file.write_text(yaml.safe_dump(staircase()))
    stage.kubectl("apply", "-f", str(file))
    header, row = stage.kubectl("get", kind.short_name).splitlines()
    assert header.split() == ["NAME", "FIRST", "USED", "BY", "READY", "MESSAGE", "AGE"]
    assert row.split()[:2] == ["slow", "6h"]
    wrong = staircase("wrong", steps=[{"percent": index} for index in range(20)])
    with pytest.raises(urllib.error.HTTPError) as refused:
        stage.plane.request(
            f"/apis/flagoperator.dev/v1alpha1/namespaces/{stage.namespace}/{kind.plural}", "POST", wrong
        )
    assert "twenty steps are a ramp" in refused.value.read().decode()
