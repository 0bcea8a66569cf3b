from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from flagd.manifest import KINDS
from tests.docs.page import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]


def test_the_definitions_are_those_that_the_chart_installs(run: Run) -> None:
    printed = list(yaml.safe_load_all(run("crds").stdout))
    committed = [yaml.safe_load(path.read_text()) for path in (ROOT / "charts/flagoperator/files/crds").glob("*.yaml")]
    assert {crd["spec"]["names"]["kind"] for crd in printed} == set(KINDS)
    assert "&id" not in run("crds").stdout
    assert sorted(printed, key=str) == sorted(committed, key=str)
