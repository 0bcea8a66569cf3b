"""What the public port answers."""

import pytest

from flagd.api.access import Access
from flagd.api.services import EVALUATION_SERVICE, evaluation_methods, public_methods, public_routes
from flagd.metrics import Metrics
from flagd.rpc.status import RpcError
from flagd.store import Store
from flagd.sync.publisher.follow import Follow
from flagd.sync.publisher.report_samples import ReportSamples
from flagd.transport.envoy.known_path import PATHS
from flagd.v1 import evaluation_pb2


def _access(keys="optional"):
    store, metrics = Store(), Metrics()
    return Access(store, metrics, keys), store, metrics


def test_every_rpc_of_the_service_is_answered():
    access, store, _ = _access()
    service = evaluation_pb2.DESCRIPTOR.services_by_name["EvaluationService"]
    answered = {
        (each.path, each.request.DESCRIPTOR, each.response.DESCRIPTOR, each.stream is not None)
        for each in evaluation_methods(access, store)
    }
    assert answered == {
        (f"/{EVALUATION_SERVICE}/{each.name}", each.input_type, each.output_type, each.server_streaming)
        for each in service.methods
    }


def test_who_may_not_call_is_refused_before_the_request_is_read():
    access, store, _ = _access("required")
    for method in evaluation_methods(access, store):
        with pytest.raises(RpcError):
            method.admit({})


def test_no_path_is_answered_twice():
    access, store, metrics = _access()
    paths = [each.path for each in public_methods(access, store, metrics)]
    paths += [f"{each.method} {each.path}" for each in public_routes(access, store, metrics)]
    assert len(paths) == len(set(paths))
    assert "/grpc.health.v1.Health/Check" in paths


def test_every_path_has_a_name_in_the_access_log():
    access, store, metrics = _access()
    more = [*Follow(access, store).methods(), *ReportSamples(access, None).methods()]
    methods = public_methods(access, store, metrics, more)
    served = {each.path for each in (*methods, *public_routes(access, store, metrics))}
    assert served - {"/ofrep", "/ofrep/"} == set(PATHS), "those two say that nothing is there"
