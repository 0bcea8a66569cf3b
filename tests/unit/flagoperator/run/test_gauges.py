"""What is counted of projects that are gone has a bound."""

from __future__ import annotations

from flagoperator.run.gauges import GONE_PROJECTS, OTHER, Gauges


def test_projects_that_are_gone_are_counted_together_in_the_end():
    gauges = Gauges()
    for number in range(3 * GONE_PROJECTS):
        gauges.count_publish(f"p{number}", {f"p{number}", "stays"})
    gauges.count_publish("stays", {"stays"})
    assert len(gauges.publishes) <= GONE_PROJECTS + 3
    assert gauges.publishes.total() == 3 * GONE_PROJECTS + 1
    assert gauges.publishes["stays"] == 1
    assert gauges.publishes[OTHER] >= 2 * GONE_PROJECTS - 2
