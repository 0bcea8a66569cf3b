"""The node is restarted: everything comes back by itself. Run with `-s`, it prints in what time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.node.installed import OTHERS, SYSTEM, USER

if TYPE_CHECKING:
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]


def answers(installed: Installed, address: str) -> bool:
    """Ask from the node itself."""
    asked = ("eval", f"--server={address}:8013", f"--project={OTHERS}", "--flag=hello", USER)
    return "STATIC" in installed.node.run("flagctl", *asked, check=False).stdout


def test_after_a_restart_of_the_node_flags_are_served_and_edits_too(installed: Installed):
    address = installed.kubectl("get", "service", "flagd", "-ojsonpath={.spec.clusterIP}", namespace=SYSTEM)
    installed.until(lambda: answers(installed, address))
    began = time.monotonic()
    installed.node.restart()
    spans = {"node ready": time.monotonic() - began}
    installed.until(lambda: answers(installed, address))
    spans["first answer"] = time.monotonic() - began
    installed.publish(50)  # which every replica must acknowledge
    spans["first edit published"] = time.monotonic() - began
    installed.publish(100)
    installed.hears("STATIC", f"--project={OTHERS}")
    print("seconds after the start:", {name: round(seconds) for name, seconds in spans.items()})
