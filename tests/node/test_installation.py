"""The chart, installed by docs/install.md, on a real node: kubelet, containerd, Services, DNS, network policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.node.installed import OTHERS, SYSTEM

if TYPE_CHECKING:
    from tests.node.calls import Calls
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]


@pytest.mark.parametrize("service", ["flagd", "flagd-headless"])
def test_a_pod_of_another_namespace_gets_an_answer_by_dns(installed: Installed, service: str):
    installed.hears("STATIC", f"--server={service}.flags.svc:8013", f"--project={OTHERS}")


def test_answers_go_on_without_the_operator_and_follow_it_when_it_is_back(installed: Installed, calls: Calls):
    installed.kubectl("scale", "deployment/flagoperator", "--replicas=0", namespace=SYSTEM)
    installed.until(lambda: not installed.addresses("operator"))
    calls.none_failed()
    installed.kubectl("scale", "deployment/flagoperator", "--replicas=2", namespace=SYSTEM)
    installed.publish(50)
    installed.publish(100)
    calls.none_failed()
