"""An operator killed at any point, under a writer: no caller is ever told what is not so."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.cluster.test_lifecycle import kill
from tests.cluster.traffic import SEED, Traffic

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

TAKEOVER_SECONDS = 30


def torture(stage: Stage, times: int, seed: int = SEED) -> None:
    operator = stage.operator()
    replicas = {name: stage.replica(name) for name in ("flagd-0", "flagd-1")}
    with Traffic(stage, replicas, seed=seed) as traffic:
        chance = random.Random(traffic.seed)
        for _ in range(times):
            traffic.flow(chance.randint(1, 40))
            kill(operator)
            operator = stage.operator()
        stage.until(lambda: len(operator.replicas()) == 2, seconds=TAKEOVER_SECONDS)
        stage.until(lambda: operator.state()["leading"], seconds=TAKEOVER_SECONDS)


def test_killing_the_operator_under_a_writer_misleads_nobody(stage: Stage):
    torture(stage, 5)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killing_the_operator_thirty_times_misleads_nobody(stage: Stage, seed: int):
    torture(stage, 30, seed)
