"""The node is restarted: everything comes back by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.node.installed import OTHERS, pod

if TYPE_CHECKING:
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]
ASK = ("/usr/local/bin/flagctl", "eval", "--server=flagd.flags.svc:8013", f"--project={OTHERS}", "--flag=hello")


def test_after_a_restart_of_the_node_an_edit_is_served(installed: Installed):
    installed.node.restart()
    installed.publish(50)  # which every replica must acknowledge
    installed.publish(100)
    assert "STATIC" in installed.outcome(pod("ask-again", "flagctl", *ASK, '--user={"user_id": "ann"}'))
