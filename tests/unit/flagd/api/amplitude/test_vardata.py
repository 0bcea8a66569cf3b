"""Variants by Amplitude's REST: what is in the answer, for whom, and how often it is counted."""

import json

import pytest

from flagd.api.access import Access
from flagd.api.amplitude.vardata import Vardata
from flagd.metrics import Metrics
from flagd.rpc.status import InvalidArgument, Unauthenticated, Unavailable
from flagd.store import Store
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request
from tests.wire.shop import BACKEND_KEY, OTHER, SHOP, WEB_KEY

PRO = {"user_id": "ann", "user_properties": {"plan": "pro"}}
WEB = {"authorization": f"Api-Key {WEB_KEY}"}
BACKEND = {"authorization": f"Api-Key {BACKEND_KEY}"}


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def vardata(metrics):
    store = Store()
    store.replace(snapshots(SHOP))
    return Vardata(Access(store, metrics))


async def _ask(vardata, user=PRO, *, query="", **headers):
    answer = await vardata.answer(request(body=user, query=query, **headers))
    assert (answer.status, answer.content_type) == (200, "application/json")
    return json.loads(answer.body)


async def test_a_variant_has_the_fields_of_amplitudes(vardata):
    variants = await _ask(vardata, **WEB)
    assert variants["checkout"] == {
        "key": "on",
        "value": "on",
        "payload": {"columns": 2},
        "metadata": {
            "deployed": True,
            "evaluationMode": "remote",
            "flagType": "release",
            "flagVersion": 7,
            "team": "payments",
        },
    }


async def test_a_flag_that_is_off_is_answered_without_a_value(vardata):
    off = (await _ask(vardata, {"user_id": "ann"}, **WEB))["checkout"]
    assert (off["key"], "value" in off, "payload" in off, off["metadata"]["default"]) == ("off", False, False, True)


async def test_flags_and_groups_that_others_depend_on_are_for_those_who_see_them(vardata):
    assert sorted(await _ask(vardata, **BACKEND)) == ["colour", "secret"]
    deployed = {key: one["metadata"]["deployed"] for key, one in (await _ask(vardata)).items()}
    assert deployed == {"checkout": True, "colour": True, "held": False, "hidden": True, "secret": True}


async def test_only_the_flags_asked_for_are_answered_and_without_a_key_what_they_depend_on(vardata):
    assert list(await _ask(vardata, query="flag_key=secret", **BACKEND)) == ["secret"]
    assert list(await _ask(vardata, query="flag_key=colour", **BACKEND)) == ["colour"]
    assert list(await _ask(vardata, query="flag_key=colour")) == ["checkout", "held", "colour"]
    assert await _ask(vardata, query="flag_key=checkout,no-such-flag", **BACKEND) == {}


async def test_one_evaluation_mode_may_be_asked_for(vardata):
    assert list(await _ask(vardata, query="eval_mode=local")) == ["held"]
    assert list(await _ask(vardata, query="eval_mode=local", **WEB)) == []
    assert list(await _ask(vardata, query="eval_mode=remote", **WEB)) == ["checkout", "colour"]


async def test_without_a_key_every_flag_is_answered(vardata):
    assert sorted(await _ask(vardata)) == ["checkout", "colour", "held", "hidden", "secret"]


async def test_what_was_encoded_for_one_user_serves_the_next(vardata):
    ann, bob = [await _ask(vardata, {**PRO, "user_id": user}, **WEB) for user in ("ann", "bob")]
    assert ann["checkout"] == bob["checkout"]


async def test_the_legacy_answer_holds_assignments_only(vardata):
    answer = await vardata.answer_legacy(request(query="user_id=ann", **BACKEND))
    assert json.loads(answer.body) == {"secret": {"key": "on"}}
    context = json.dumps({"user_properties": {"plan": "pro"}})
    answer = await vardata.answer_legacy(request(query=f"user_id=zoe&context={context}", **WEB))
    assert json.loads(answer.body)["checkout"] == {"key": "on", "payload": {"columns": 2}}


async def test_what_the_caller_sees_is_counted(vardata, metrics):
    await _ask(vardata, **WEB)
    counted = {(flag, variant): one.count for (_, flag, variant, _), one in metrics.evaluations.items()}
    assert counted.keys() >= {("checkout", "on")}
    assert {flag for flag, _ in counted} == {"checkout", "colour"}


async def test_a_wrong_key_is_refused_even_where_none_is_needed(vardata):
    with pytest.raises(Unauthenticated):
        await _ask(vardata, authorization="Api-Key wrong")


async def test_without_a_key_there_must_be_one_project():
    store = Store()
    vardata = Vardata(Access(store, Metrics()))
    with pytest.raises(Unavailable):
        await _ask(vardata)
    store.replace(snapshots(f"{SHOP}---{OTHER}"))
    with pytest.raises(InvalidArgument, match="project"):
        await _ask(vardata)
    assert list(await _ask(vardata, query="flag_key=secret", **BACKEND)) == ["secret"]
