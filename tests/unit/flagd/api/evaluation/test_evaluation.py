"""Evaluate and EvaluateBatch where the wire cannot reach."""

import pytest

from flagd.api.access import Access
from flagd.api.delimited import delimited
from flagd.api.evaluation.evaluation import Evaluation
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import DeadlineExceeded
from flagd.store import Store
from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateBatchResponse, EvaluateBatchResult, User
from tests.unit.flagd.api.projects import NOBODY, snapshots

FLAG = """
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: a}
spec: {active: true, variants: [{key: "%s"}], allOtherUsers: {percent: 100}}
"""


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(FLAG % "one"))
    return store


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300, 16_383, 16_384, 2_097_151, 2_097_152])
def test_lengths_are_encoded_as_protobuf_does(size):
    message = EvaluateBatchResponse(results=[EvaluateBatchResult(error_message="x" * size)])
    assert message.SerializeToString() == delimited(1, message.results[0].SerializeToString())


async def test_a_batch_past_its_deadline_stops(store):
    request = EvaluateBatchRequest(users=[User()] * 1000, flag_keys=["a"])
    with pytest.raises(DeadlineExceeded):
        await Evaluation(Access(store, Metrics())).evaluate_batch(request, Call({}, time_remaining=1e-9))


async def test_a_batch_lets_others_in_between_and_keeps_its_revision(store):
    evaluation = Evaluation(Access(store, Metrics()))
    batch = evaluation.evaluate_batch(EvaluateBatchRequest(users=[User()] * 1000, flag_keys=["a"]), NOBODY)
    before = store.snapshots["default"].revision
    assert batch.send(None) is None, "it waits once it has answered a few hundred"
    store.replace(snapshots(FLAG % "two"))
    answer = EvaluateBatchResponse.FromString(_finish(batch))
    assert {one.variants["a"].key for one in answer.results} == {"one"}
    assert answer.revision == before


def _finish(coroutine):
    while True:
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value
