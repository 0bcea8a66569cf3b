"""What is counted of projects that are gone has a bound."""

from __future__ import annotations

from flagoperator.run.monitoring.metrics import GONE_PROJECTS, OTHER, OperatorMetrics


def test_projects_that_are_gone_are_counted_together_in_the_end():
    metrics = OperatorMetrics()
    for number in range(3 * GONE_PROJECTS):
        metrics.count_publish(f"p{number}", {f"p{number}", "stays"})
    metrics.count_publish("stays", {"stays"})
    assert len(metrics.publishes) <= GONE_PROJECTS + 3
    assert metrics.publishes.total() == 3 * GONE_PROJECTS + 1
    assert metrics.publishes["stays"] == 1
    assert metrics.publishes[OTHER] >= 2 * GONE_PROJECTS - 2
