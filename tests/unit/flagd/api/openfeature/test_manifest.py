"""The manifest, made once for all who ask for the same, and refused where it is too large."""

import asyncio
import json

import pytest

from flagd.api.access import Access
from flagd.api.openfeature import manifest
from flagd.api.openfeature.manifest import Manifest
from flagd.metrics import Metrics
from flagd.rpc.status import TooLarge
from flagd.store import Store
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request

FLAG = """
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: a}
spec: {variants: [{key: VARIANT}]}
"""


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(FLAG.replace("VARIANT", "blue")))
    return store


async def test_a_revision_is_encoded_once_for_all_who_ask(store):
    served = Manifest(Access(store, Metrics()))
    one, other = await asyncio.gather(served.answer(request()), served.answer(request()))
    assert one.body is other.body
    assert json.loads(one.body)["flags"] == {"a": {"flagType": "string", "defaultValue": "off"}}
    store.replace(snapshots(FLAG.replace("VARIANT", "'on'")))
    assert json.loads((await served.answer(request())).body)["flags"]["a"]["flagType"] == "boolean"


async def test_more_than_an_answer_may_hold_is_refused(store, monkeypatch):
    monkeypatch.setattr(manifest, "FLAGS_BYTES", 20)
    with pytest.raises(TooLarge, match="larger than"):
        await Manifest(Access(store, Metrics())).answer(request())
