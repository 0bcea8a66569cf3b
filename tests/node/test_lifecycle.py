"""A release over its life, on a real node: upgraded with other CRDs, rolled back, uninstalled, installed again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.chart.helm import CHART
from tests.node.installed import OTHERS, SYSTEM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
CRD = "crd/flags.flagoperator.dev"
LEFT, OURS = "all,networkpolicies,roles,serviceaccounts", "--selector=app.kubernetes.io/name=flagoperator"
FIELD = "{.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.addedByATest.type}"


@pytest.fixture
def next_chart(tmp_path: Path) -> Path:
    """The chart with one more field of flags."""
    chart = shutil.copytree(CHART, tmp_path / "flagoperator")
    file = chart / "files" / "crds" / "flags.yaml"
    crd = yaml.safe_load(file.read_text())
    for version in crd["spec"]["versions"]:
        version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["addedByATest"] = {"type": "string"}
    file.write_text(yaml.safe_dump(crd))
    return chart


def field(installed: Installed) -> str:
    return installed.kubectl("get", CRD, f"-ojsonpath={FIELD}")


def test_an_upgrade_changes_the_crds_and_a_rollback_changes_them_back(installed: Installed, next_chart: Path):
    installed.helm("upgrade", chart=next_chart)
    assert field(installed) == "string"
    installed.publish(50)
    installed.node.run("helm", "rollback", "flags", f"--namespace={SYSTEM}", "--wait", "--timeout=240s")
    assert not field(installed)
    installed.publish(100)
    installed.hears("STATIC", f"--project={OTHERS}")


def test_flags_outlive_the_release_and_a_new_one_serves_them(installed: Installed):
    installed.node.run("helm", "uninstall", "flags", f"--namespace={SYSTEM}", "--wait", "--timeout=240s")
    installed.until(lambda: not installed.kubectl("get", LEFT, "-oname", OURS, namespace=SYSTEM).split())
    assert not [each for each in installed.kubectl("get", "clusterroles", "-oname").split() if "/flags.flags" in each]
    assert installed.kubectl("get", "flag/hello", "-oname").strip() == "flag.flagoperator.dev/hello"
    installed.helm("install")
    installed.publish(50)
    installed.publish(100)
    installed.hears("STATIC", f"--project={OTHERS}")
