"""The benchmark of the cluster runs, and checks what it measures. `make bench-cluster` judges the figures."""

import pytest

from benchmarks.cluster import audit, burst, client, curve, latency, ramps, start, subscribers
from benchmarks.cluster.effort import SMOKE
from benchmarks.cluster.site import Site


@pytest.fixture(scope="module")
def site(plane):
    with Site(plane, "smoke") as site:
        yield site


def names(figures):
    return [figure.name for figure in figures]


def test_a_start_is_measured_and_the_lists_and_writes_of_the_operator_are_found(site, plane):
    figures = start.measure(site, SMOKE)
    project = site.project(SMOKE.flags).name
    assert f"operator with {SMOKE.flags} flags: statuses written of that, once both flagd serve" in names(figures)
    assert len(audit.first_statuses(plane, project)) >= SMOKE.flags
    assert audit.relists(plane, project)


def test_a_change_is_followed_on_its_way(site):
    figures = latency.measure(site, SMOKE)
    ours = next(figure for figure in figures if "both flagd serving it, p50" in figure.name)
    assert ours.value > 0


def test_a_change_is_followed_to_a_local_client(site):
    assert all(figure.value > 0 for figure in client.measure(site, SMOKE))


def test_of_a_burst_nothing_is_lost(site):
    figures = burst.measure(site, SMOKE)
    assert next(figure.value for figure in figures if figure.name.endswith("lost")) == 0


def test_subscribers_are_told(site):
    figures = subscribers.measure(site, SMOKE)
    half, last = (figure.value for figure in figures[:2])
    assert half < last


def test_changes_cost_processor_time_in_both_projects(site):
    figures = curve.measure(site, SMOKE)
    assert all(figure.value > 0 for figure in figures)


def test_ramps_run_beside_changes(site):
    figures = ramps.measure(site, SMOKE)
    assert next(figure.value for figure in figures if "runs under way" in figure.name) == SMOKE.ramps
