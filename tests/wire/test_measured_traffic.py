"""What a plan expects of guards that compare, measured by a real Prometheus."""

import re

import yaml
from click.testing import CliRunner
from prometheus_client import CollectorRegistry, Counter, start_http_server

from flagctl.group import flagctl
from tests.ports import free_address
from tests.wire.process import eventually
from tests.wire.prometheus import PrometheusServer

FLAG = {
    "apiVersion": "flagoperator.dev/v1alpha1",
    "kind": "Flag",
    "metadata": {"name": "checkout", "namespace": "shop"},
    "spec": {
        "active": True,
        "variants": [{"key": "on"}],
        "allOtherUsers": {"percent": 100},
        "ramp": {
            "steps": [{"percent": 5, "hold": "6h"}, {"percent": 25, "hold": "12h"}, {"percent": 100}],
            "guards": [
                {
                    "name": "errors",
                    "compare": {
                        "failures": 'checkout_failures_total{flag="{{flag}}"}',
                        "attempts": 'checkouts_total{flag="{{flag}}"}',
                    },
                },
                {"name": "silence", "compare": {"failures": "nothing_total", "attempts": "none_total"}},
            ],
        },
    },
}


def plan(folder, *options):
    (folder / "checkout.yaml").write_text(yaml.safe_dump(FLAG))
    found = CliRunner().invoke(flagctl, ["rollout", "plan", str(folder / "checkout.yaml"), *options])
    return found.exit_code, found.output


def test_traffic_is_measured_by_the_counters_that_a_guard_names(tmp_path):
    registry = CollectorRegistry()
    attempts = Counter("checkouts", "Checkouts.", ["flag"], registry=registry).labels("checkout")
    failures = Counter("checkout_failures", "Those that failed.", ["flag"], registry=registry).labels("checkout")
    address = free_address()
    host, _, port = address.rpartition(":")
    server, thread = start_http_server(int(port), host, registry)

    def seen():
        return prometheus.value("checkouts_total"), prometheus.value("checkout_failures_total")

    try:
        with PrometheusServer(tmp_path, {"shop": address}) as prometheus:
            eventually(lambda: seen() == (0, 0))
            attempts.inc(10_000)
            failures.inc(100)
            eventually(lambda: seen() == (10_000, 100))
            code, told = plan(tmp_path, "--prometheus-url", prometheus.url, "--measured-over", "1h")
            elsewhere = ("--prometheus-url", prometheus.url, "--prometheus-namespace-label", "job")
            _, foreign = plan(tmp_path, *elsewhere)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert code == 0, told
    assert "measured over the last 1h: " in told
    share = re.search(r"attempts an hour, ([\d.]+)% failed", told)
    assert share, told
    # Both counts are extrapolated to the time of their own question, from a few seconds.
    assert 0.5 < float(share[1]) < 2
    assert "failures doubled are found in 80% of runs by" in told
    assert "attempts could not be measured: " in told  # of the guard whose counters are not there
    assert foreign.count("attempts could not be measured: ") == 2  # no series of another namespace is read


def test_a_prometheus_that_is_not_reached_is_said_and_the_plan_is_printed(tmp_path):
    code, told = plan(tmp_path, "--prometheus-url", f"http://{free_address()}")
    assert code == 0
    assert "attempts could not be measured: Prometheus cannot be asked" in told
    assert "done" in told


def test_traffic_is_given_or_measured_and_not_both(tmp_path):
    code, told = plan(tmp_path, "--prometheus-url", "http://localhost:9090", "--users-per-hour", "10")
    assert (code, "not both" in told) == (2, True)
