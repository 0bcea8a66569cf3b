"""The chart with its default values on a real node: kubelet, containerd, Services, DNS, network policies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.node.installed import OTHERS, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]
SERVICES = ("flagd.flags.svc:8013", "dns:///flagd-headless.flags.svc:8013")
CALLER = (Path(__file__).parent / "caller.py").read_text()
USER = '{"user_id": "ann"}'


@pytest.fixture
def callers(installed: Installed) -> Iterator[list[str]]:
    """Pods that call through each Service for as long as a test runs, none of them in vain."""
    names = [f"caller-{number}" for number in range(len(SERVICES))]
    for name, target in zip(names, SERVICES, strict=True):
        installed.start(name, "flagctl", "/usr/bin/python3", "-c", CALLER, target)
    for name in names:
        installed.until(lambda name=name: "calls" in _log(installed, name))  # type: ignore[misc]
    yield names
    for name in names:
        installed.kubectl("delete", "pod", name)


def _log(installed: Installed, name: str) -> str:
    return installed.log(name) if installed.phase(name) == "Running" else ""


def counted(installed: Installed, name: str) -> tuple[int, int]:
    """Calls of a caller so far, and how many of them failed."""
    calls, failed = re.findall(r"^calls (\d+) failed (\d+)$", installed.log(name), re.MULTILINE)[-1]
    return int(calls), int(failed)


def none_failed(installed: Installed, callers: list[str]) -> None:
    """Let each call some more, then look."""
    for name in callers:
        before, _ = counted(installed, name)
        installed.until(lambda name=name, before=before: counted(installed, name)[0] > before + 20)  # type: ignore[misc]
        assert counted(installed, name)[1] == 0, installed.log(name)[-2000:]


def test_helm_test_passes(installed: Installed):
    assert "Phase:          Succeeded" in installed.node.run("helm", "test", "flags", f"--namespace={SYSTEM}").stdout


@pytest.mark.parametrize("service", ["flagd", "flagd-headless"])
def test_a_pod_of_another_namespace_gets_an_answer_by_dns(installed: Installed, service: str):
    asked = ["eval", f"--server={service}.flags.svc:8013", f"--project={OTHERS}", "--flag=hello", f"--user={USER}"]
    assert "STATIC" in installed.outcome(f"ask-{service}", "flagctl", "/usr/local/bin/flagctl", *asked)


def test_no_call_fails_while_replicas_are_replaced_and_more_come_and_go(installed: Installed, callers: list[str]):
    installed.kubectl("rollout", "restart", "deployment/flagd", namespace=SYSTEM)
    installed.kubectl("rollout", "status", "deployment/flagd", "--timeout=240s", namespace=SYSTEM)
    none_failed(installed, callers)
    installed.helm("upgrade", "--set=flagd.replicas=3", "--set=flagd.logLevel=debug")
    installed.helm("upgrade", "--set=flagd.replicas=2")
    none_failed(installed, callers)


def test_answers_go_on_without_the_operator_and_follow_it_when_it_is_back(installed: Installed, callers: list[str]):
    installed.kubectl("scale", "deployment/flagoperator", "--replicas=0", namespace=SYSTEM)
    installed.until(lambda: not installed.addresses("operator"))
    none_failed(installed, callers)
    installed.kubectl("scale", "deployment/flagoperator", "--replicas=2", namespace=SYSTEM)
    installed.publish(50)
    installed.publish(100)
    none_failed(installed, callers)
