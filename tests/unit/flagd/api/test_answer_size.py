"""Answers of many flags: within what clients take, or refused by the server, which names what weighs most."""

import pytest
from google.protobuf.json_format import ParseDict

from flagd.api.access import Access
from flagd.api.evaluation.evaluation import Evaluation
from flagd.api.evaluation.watch import Watch
from flagd.api.openfeature.resolving import Resolving
from flagd.compiler import compile_projects
from flagd.manifest import read_text
from flagd.metrics import Metrics
from flagd.openfeature.v1.evaluation_pb2 import ResolveAllRequest
from flagd.rpc.status import TooLarge
from flagd.snapshot import Snapshot
from flagd.store import Store
from flagd.v1.evaluation_pb2 import EvaluateRequest, EvaluateResponse, WatchRequest
from tests.unit.flagd.api.projects import NOBODY
from tests.wire.shop import flag

LIMIT = 4 * 1024 * 1024
SAYS = (
    "response: {} bytes, at most 4194304 allowed; ask for the flags that are needed by name, or make payloads smaller; "
    "largest: f5 (905 kB), f4 (904 kB), f3 (903 kB)"
)


def heavy(key, size):
    return flag(key, "on").replace('key: "on"', f'key: "on", payload: {{x: "{"y" * size}"}}')


@pytest.fixture(scope="module")
def store():
    found = Store()
    texts = [heavy(f"f{n}", 900_000 + 1000 * n) for n in range(6)]
    resources = [one for text in texts for one in read_text(text).resources]
    found.replace({"shop": Snapshot.make(compile_projects(resources)["shop"].ruleset, None, 0.0)})
    return found


@pytest.fixture
def access(store):
    return Access(store, Metrics())


async def test_evaluate_of_all_names_the_flags_that_weigh_most(access):
    with pytest.raises(TooLarge) as refused:
        await Evaluation(access).evaluate(EvaluateRequest(), NOBODY)
    whole = refused.value.message.split()[1]
    assert int(whole) > LIMIT
    assert refused.value.message == SAYS.format(whole)
    assert (refused.value.status.name, refused.value.http_status) == ("RESOURCE_EXHAUSTED", 413)


async def test_watch_does_too(access, store):
    with pytest.raises(TooLarge, match=r"largest: f5 \(905 kB\)"):
        await anext(Watch(access, store).watch(WatchRequest(), NOBODY))


async def test_resolve_all_does_too(access):
    with pytest.raises(TooLarge, match=r"largest: f5 \(905 kB\)"):
        await Resolving(access).resolve_all(ResolveAllRequest(), NOBODY)


async def test_who_asks_for_fewer_is_answered_with_what_clients_take(access):
    request = ParseDict({"flagKeys": ["f0", "f1", "f2"]}, EvaluateRequest())
    answer = await Evaluation(access).evaluate(request, NOBODY)
    assert len(answer) <= LIMIT
    assert sorted(EvaluateResponse.FromString(answer).variants) == ["f0", "f1", "f2"]
