"""An operator killed at any point, under a writer: no caller is ever told what is not so."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.cluster.footprint import bounded
from tests.cluster.test_lifecycle import kill
from tests.cluster.traffic import SEED, Traffic

if TYPE_CHECKING:
    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage

PUBLISHING_SHARE = 0.8
"""How many of those killed had both replicas; the others were killed before they got so far."""


def publishes(operator: Operator) -> bool:
    return len(operator.replicas()) == 2 and operator.state()["leading"]


def torture(stage: Stage, times: int, seed: int = SEED) -> None:
    operator, replicas = stage.operator(), stage.replicas()
    with Traffic(stage, replicas, seed=seed) as traffic:
        chance = random.Random(traffic.seed)
        with bounded(replicas):
            for _ in range(times):
                if chance.random() < PUBLISHING_SHARE:
                    stage.until(lambda operator=operator: publishes(operator))
                traffic.flow(chance.randint(1, 80))
                kill(operator)
                stage.expire_lease()
                operator = stage.operator()
            stage.until(lambda: publishes(operator))
    assert operator.state()["epoch"] > times / 2, "most of those killed were to be such that decide"


def test_killing_the_operator_under_a_writer_misleads_nobody(stage: Stage):
    torture(stage, 5)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killing_the_operator_thirty_times_misleads_nobody(stage: Stage, seed: int):
    torture(stage, 30, seed)
