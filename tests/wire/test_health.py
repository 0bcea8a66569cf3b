"""grpc.health.v1, as round_robin clients and probes use it."""

import asyncio

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from tests.wire.shop import flag

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


async def test_a_watcher_is_told_that_the_server_drains(tmp_path, start):
    (tmp_path / "shop.yaml").write_text(flag("a", "on"))
    process = start(tmp_path)
    said = []
    # The synchronous client forgets messages that it had not read when the stream ended.
    async with grpc.aio.insecure_channel(process.listen) as channel:
        watching = HealthStub(channel).Watch(HealthCheckRequest(service="flagd.v1.EvaluationService"))
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            await _hear(watching, said, process)
    assert said == [SERVING, NOT_SERVING]
    assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
    assert await asyncio.to_thread(process.wait) == 0


async def _hear(watching, said, process):
    """Note what is said, and ask the process to end once it has said something."""
    async for message in watching:
        said.append(message.status)
        if len(said) == 1:
            process.signal()
