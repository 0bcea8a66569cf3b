"""OFREP where the wire cannot reach: what an ETag depends on, and which keys count."""

import json

import pytest

from flagd.api.access import Access
from flagd.api.ofrep.evaluation import Evaluation
from flagd.api.ofrep.failure import InvalidContext, ParseError
from flagd.metrics import Metrics
from flagd.rpc.status import InvalidArgument, NotFound, Unauthenticated
from flagd.store import Store
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request
from tests.wire.shop import BACKEND_KEY, OTHER, SHOP, WEB_KEY

ANN = {"context": {"targetingKey": "ann"}}
PRO = {"context": {"targetingKey": "ann", "plan": "pro"}}
WEB = {"x_api_key": WEB_KEY}


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(SHOP))
    return store


@pytest.fixture
def evaluation(store, metrics):
    return Evaluation(Access(store, metrics))


async def _all(evaluation, body=ANN, **headers):
    return await evaluation.evaluate_all(request(body=body, **(headers or WEB)))


async def _etag(evaluation, body=ANN, **headers):
    return (await _all(evaluation, body, **headers)).headers["etag"]


async def _keys(evaluation, **headers):
    return [one["key"] for one in json.loads((await _all(evaluation, **headers)).body)["flags"]]


async def test_one_flag_is_answered_by_its_key(evaluation):
    answer = json.loads((await evaluation.evaluate(request(tail="checkout", body=PRO, **WEB))).body)
    assert (answer["key"], answer["value"], answer["reason"]) == ("checkout", {"columns": 2}, "TARGETING_MATCH")


async def test_without_a_key_of_a_flag_all_are_answered(evaluation):
    one, other = [await evaluation.evaluate(request(body=ANN, **WEB)), await _all(evaluation)]
    assert one == other


@pytest.mark.parametrize("body", [b"", {}, {"context": None}, {"context": {}}])
async def test_a_context_may_be_left_out(evaluation, body):
    assert (await evaluation.evaluate(request(tail="checkout", body=body, **WEB))).status == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[", ParseError),
        ([1], ParseError),
        ({"context": []}, InvalidContext),
        ({"context": {"targetingKey": []}}, InvalidContext),
        ({"context": {"a": "a" * 4097}}, InvalidContext),
    ],
)
async def test_what_is_wrong_with_a_body_is_told_apart(evaluation, body, error):
    with pytest.raises(error):
        await evaluation.evaluate(request(tail="checkout", body=body, **WEB))


async def test_a_flag_of_another_deployment_is_not_found(evaluation):
    for key in ("secret", "no-such-flag"):
        with pytest.raises(NotFound) as refused:
            await evaluation.evaluate(request(tail=key, body=ANN, **WEB))
        assert refused.value.message == "unknown flag"


async def test_all_flags_are_those_that_the_key_opens(evaluation):
    assert await _keys(evaluation, x_api_key=WEB_KEY) == ["checkout", "colour"]
    assert await _keys(evaluation, authorization=f"Bearer {BACKEND_KEY}", x_api_key=WEB_KEY) == ["colour", "secret"]
    with pytest.raises(Unauthenticated):
        await _keys(evaluation, x_api_key="wrong")


async def test_an_etag_holds_for_this_context_key_project_and_revision_only(evaluation, store):
    etags = {await _etag(evaluation), await _etag(evaluation)}
    assert len(etags) == 1
    etags |= {await _etag(evaluation, PRO), await _etag(evaluation, x_api_key=BACKEND_KEY)}
    store.replace(snapshots(SHOP.replace("percent: 1}", "percent: 2}")))
    etags.add(await _etag(evaluation))
    assert len(etags) == 4


async def test_a_known_etag_is_answered_without_flags(evaluation, metrics):
    etag = await _etag(evaluation)
    counted = {labels: one.count for labels, one in metrics.evaluations.items()}
    again = await _all(evaluation, if_none_match=etag, **WEB)
    assert (again.status, again.body, again.headers) == (304, b"", {"etag": etag})
    assert {labels: one.count for labels, one in metrics.evaluations.items()} == counted


async def test_a_selector_names_the_project(evaluation, store):
    store.replace(snapshots(f"{SHOP}---{OTHER}"))
    with pytest.raises(InvalidArgument):
        await _all(evaluation, accept="*/*")
    assert await _keys(evaluation, flagd_selector="flagSetId=billing") == ["invoice"]
