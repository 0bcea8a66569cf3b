"""What nobody measured while no operator ran is measured afterwards."""

from __future__ import annotations

from typing import Any

from flagoperator.prometheus.reading import NOTHING, Reading
from flagoperator.run.measuring.measurer import Measurer
from tests.unit.flagoperator.reconcile.cluster import ref
from tests.unit.flagoperator.reconcile.ramps.country import STEPS, Country, flag

GUARD = {"name": "errors", "prometheus": {"query": "vector(0)"}, "max": 1, "interval": "1m", "failureLimit": 2}


class Prometheus:
    """Gives one number now, and others for what was."""

    def __init__(self, value: float, *history: Reading) -> None:
        self.value, self.history = value, history
        self.recalled: list[list[int]] = []

    async def measure_each(self, *_: object) -> list[Reading]:
        return [Reading(self.value)]

    async def recall_each(self, _query: str, _flag: str, _namespace: str, _variants: object, ages: list[int]) -> Any:
        self.recalled.append(ages)
        return [[each] for each in self.history[-len(ages) :]]


async def measure(country: Country, prometheus: Prometheus) -> None:
    """Have everything measured that is due."""
    lease: Any = country.told
    measurer = Measurer(country.model, lease, lambda: country.now, lambda: None)
    measurer._prometheus = prometheus  # type: ignore[assignment]
    for due in list(measurer._due()):
        await measurer._measure(*due)
    country.settle()


async def guarded(away: int) -> Country:
    """Return a flag at 5 % whose guard was good, and whose operator was restarted after so many seconds."""
    country = Country()
    country.put("Flag", "checkout", **flag(ramp={"steps": STEPS, "guards": [GUARD]}))
    country.settle()
    await measure(country, Prometheus(0))
    country.now += away
    country.restart()
    return country


async def test_failures_while_no_operator_ran_take_a_rollout_back_as_soon_as_one_runs():
    country = await guarded(300)
    prometheus = Prometheus(9, *[Reading(9)] * 3)
    await measure(country, prometheus)
    assert prometheus.recalled == [[180, 120, 60]]
    assert country.status()["rollout"]["reason"] == "GuardFailed"
    assert country.served() == 0


async def test_a_history_without_numbers_says_nothing():
    country = await guarded(300)
    await measure(country, Prometheus(9, NOTHING, NOTHING, NOTHING))
    assert country.served() == 5
    assert country.status()["rollout"]["run"]["guards"][0]["failures"] == 1


async def test_nothing_is_asked_of_a_history_while_measurements_come_in_time():
    country = await guarded(60)
    prometheus = Prometheus(9)
    await measure(country, prometheus)
    assert prometheus.recalled == []
    assert country.model.projects.ramps.walk(ref()) is not None
