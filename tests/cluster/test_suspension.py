"""A process that gets no CPU for a while: probes fail no longer than that, and nobody is replaced or misled."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.stage import flag
from tests.wire.process import SECONDS

if TYPE_CHECKING:
    from tests.cluster.processes import Operator, Replica
    from tests.cluster.stage import Stage

LONG = 20
PARTS = ["operator", "flagd", "envoy", "parent of envoy"]
PROBE_SECONDS = 10
"""How often Kubernetes asks, of a default probe; three failures end a container."""


def envoy_of(replica: Replica) -> int:
    return int(Path(f"/proc/{replica.pid}/task/{replica.pid}/children").read_text().split()[0])


def suspend(pid: int, seconds: float) -> None:
    """Stop a process for a while."""
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


def is_well(process: Operator | Replica) -> bool:
    return [process.get(path)[0] for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize(
    ("part", "seconds"), [("operator", 6), *(pytest.param(part, LONG, marks=pytest.mark.long) for part in PARTS)]
)
def test_probes_are_well_again_right_after_a_stop(stage: Stage, part: str, seconds: float):
    operator, plain = stage.operator(), stage.replica("flagd-0")
    behind = stage.replica("flagd-1", "--transport", "envoy")
    stage.apply(flag("checkout"))
    stage.until(lambda: stage.get("Flag", "checkout").get("status", {}).get("published") == "2/2")
    envoy = envoy_of(behind)
    pids = {"operator": operator.pid, "flagd": plain.pid, "envoy": envoy, "parent of envoy": behind.pid}
    suspend(pids[part], seconds)
    for each in (operator, plain, behind):
        stage.until(lambda each=each: is_well(each), seconds=2 * PROBE_SECONDS if seconds == LONG else SECONDS)
    assert envoy_of(behind) == envoy
    stage.apply(flag("checkout", 0))
    stage.until(lambda: [stage.variant(each, "checkout") for each in (plain, behind)] == ["off", "off"])
    ended = [each.log for each in (operator, plain, behind) if "has ended" in str(each.log)]
    assert ended == []
