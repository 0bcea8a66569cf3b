"""What goes wrong in pods, on a real node: gRPC clients that balance themselves do not notice, others for a moment.

Behind a Service with one address, a call may be sent to a pod that has just died until the node knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.node.installed import SYSTEM

if TYPE_CHECKING:
    from tests.node.calls import Calls
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
# Processes smaller than flagd, until the pod is out of memory: the kernel then kills the largest, which is flagd.
HOG = """
import os, time
while True:
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 24)
        time.sleep(600)
    time.sleep(0.05)
"""
BALANCED = ("grpc-balanced",)
ENDS = "{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].lastState.terminated.reason}"


def replica(installed: Installed, program: str = "flagd") -> str:
    return next(found for found, (name, _) in installed.pods().items() if name == program)


def test_a_pod_that_is_killed_at_once_is_replaced(installed: Installed, calls: Calls):
    gone = replica(installed)
    installed.kubectl("delete", "pod", gone, "--grace-period=0", "--force", namespace=SYSTEM)
    installed.kubectl("rollout", "status", "deployment/flagd", "--timeout=240s", namespace=SYSTEM)
    assert gone not in installed.pods()
    calls.none_failed(BALANCED)


def test_a_replica_out_of_memory_starts_again_and_answers(installed: Installed, calls: Calls):
    victim = replica(installed)
    hog = ("exec", victim, "--", "/usr/bin/python3", "-c", HOG)
    installed.node.run("kubectl", f"--namespace={SYSTEM}", *hog, check=False)  # killed too
    shown = ("get", "pod", victim, f"-ojsonpath={ENDS}")
    installed.until(lambda: "OOMKilled" in installed.kubectl(*shown, namespace=SYSTEM))
    installed.kubectl("wait", "--for=condition=Ready", "--timeout=240s", f"pod/{victim}", namespace=SYSTEM)
    calls.go_on()  # a call that the replica held while it ran out of memory may have met its deadline
