"""grpc.health.v1, as round_robin clients and probes use it."""

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING


@pytest.mark.parametrize("service", ["", "flagd.v1.EvaluationService"])
def test_a_server_with_a_ruleset_serves(shop, service):
    with grpc.insecure_channel(shop.listen) as channel:
        assert HealthStub(channel).Check(HealthCheckRequest(service=service)).status == SERVING
        assert next(HealthStub(channel).Watch(HealthCheckRequest(service=service))).status == SERVING


def test_an_unknown_service_is_not_found(shop):
    with grpc.insecure_channel(shop.listen) as channel:
        with pytest.raises(grpc.RpcError) as failed:
            HealthStub(channel).Check(HealthCheckRequest(service="nope"))
        watched = next(HealthStub(channel).Watch(HealthCheckRequest(service="nope")))
    assert failed.value.code() == grpc.StatusCode.NOT_FOUND
    assert watched.status == HealthCheckResponse.SERVICE_UNKNOWN


def test_a_watcher_is_told_that_the_server_drains(tmp_path, start):
    process = start(tmp_path)
    with grpc.insecure_channel(process.listen) as channel:
        watching = HealthStub(channel).Watch(HealthCheckRequest(service="flagd.v1.EvaluationService"))
        assert next(watching).status == SERVING
        process.signal()
        assert next(watching).status == NOT_SERVING
        with pytest.raises(grpc.RpcError) as ended:
            next(watching)
    assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
    assert process.wait() == 0
