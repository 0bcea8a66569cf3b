"""Health: what watchers are told."""

import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from flagd.api.health import Health
from flagd.rpc.method import Call
from flagd.rpc.status import Unavailable
from flagd.store import Store


async def test_a_drain_that_begins_while_a_status_is_sent_is_told():
    store = Store()
    watching = Health(store, []).watch(HealthCheckRequest(service=""), Call({}))
    assert (await anext(watching)).status == HealthCheckResponse.SERVING
    store.close()
    assert (await anext(watching)).status == HealthCheckResponse.NOT_SERVING
    with pytest.raises(Unavailable):
        await anext(watching)
