from __future__ import annotations

import pytest

from flagd.transport.envoy.tracing import Tracing


@pytest.mark.parametrize(("percent", "millionths"), [(0, 0), (0.001, 10), (1.0, 10_000), (100, 1_000_000)])
def test_the_share_of_calls_is_taken_to_a_thousandth_of_a_percent(percent: float, millionths: int):
    provider = Tracing("collector:4317", percent).manager()["tracing"]["provider"]["typed_config"]
    wrapped = provider["sampler"]["typed_config"]["wrapped_sampler"]["typed_config"]
    assert wrapped["sampling_percentage"] == {"numerator": millionths, "denominator": "MILLION"}


@pytest.mark.parametrize(
    ("collector", "address", "port"), [("otel.monitoring:4317", "otel.monitoring", 4317), ("[::1]:4317", "::1", 4317)]
)
def test_the_collector_is_an_address_of_a_cluster(collector: str, address: str, port: int):
    (endpoints,) = Tracing(collector, 1).cluster()["load_assignment"]["endpoints"]
    (endpoint,) = endpoints["lb_endpoints"]
    assert endpoint["endpoint"]["address"]["socket_address"] == {"address": address, "port_value": port}
