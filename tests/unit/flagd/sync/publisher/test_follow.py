"""Follow: what a process that evaluates for itself is sent, without a wire."""

import asyncio
import time
from contextlib import aclosing

import pytest

from flagd.api.access import Access
from flagd.engine import Engine
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, NotFound, PermissionDenied, Unauthenticated, Unavailable
from flagd.ruleset import Cohort, Deployment
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot
from flagd.store import Store
from flagd.sync.publisher.follow import Follow
from flagd.sync.subscriber.folding import fold
from flagd.v1.ruleset_pb2 import FollowRequest, FollowResponse, Held
from tests.unit.flagd.ruleset.contents import flag, make
from tests.unit.flagd.sync.publisher.test_service import CLIENT_KEY, KEY, key_hash

NOBODY = Call({})
LOCAL, REMOTE = {"evaluationMode": "local"}, {"evaluationMode": "remote"}
FLAGS = {
    "local": flag("local", metadata=LOCAL, dependencies=["parent"]),
    "parent": flag("parent", metadata=REMOTE),
    "remote": flag("remote", metadata=REMOTE),
    "other": flag("other", metadata=LOCAL),
}
SHOP = make(
    FLAGS,
    cohorts={"unused": Cohort("User", frozenset({"ann"}))},
    deployments={
        "backend": Deployment("Server", frozenset({key_hash(KEY)})),
        "web": Deployment("Client", frozenset({key_hash(CLIENT_KEY)})),
    },
    visibility={"local": {"backend"}, "remote": {"backend"}, "parent": {"backend"}, "other": {"web"}},
    project="shop",
)


def _snapshot(ruleset, **age):
    return Snapshot(ruleset, Engine(()), **({"as_of": time.time()} | age))


def _store(*rulesets, **age):
    store = Store()
    store.replace({one.project: _snapshot(one, **age) for one in rulesets})
    return store


def _follow(store, request=None, call=NOBODY, policy="optional", **options):
    service = Follow(Access(store, Metrics(), policy), store, **({"heartbeat_seconds": 3600.0} | options))
    return aclosing(service.follow(request or FollowRequest(projects=["shop"]), call))


async def _next(stream):
    async with asyncio.timeout(60):
        return FollowResponse.FromString(await anext(stream))


def _with(key):
    return Call({"authorization": f"Api-Key {key}"})


async def test_a_key_opens_the_local_flags_of_its_deployment_and_what_they_depend_on_and_no_hash_or_idle_cohort():
    async with _follow(_store(SHOP), FollowRequest(), _with(KEY), "required") as stream:
        held = fold(await _next(stream), HashedRuleset.empty("shop")).ruleset
    assert {key: one["metadata"].get("deployed", True) for key, one in held.flags.items()} == {
        "local": True,
        "parent": False,
    }
    assert (held.deployments, held.visibility, held.cohorts) == ({}, {}, {})


async def test_without_a_key_all_local_flags_are_sent_where_none_is_needed():
    async with _follow(_store(SHOP)) as stream:
        held = fold(await _next(stream), HashedRuleset.empty("shop")).ruleset
    assert held.flags.keys() == {"local", "parent", "other"}


async def test_a_stream_says_everything_then_a_heartbeat_then_what_changes():
    store = _store(make({"a": flag("a", metadata=LOCAL), "b": flag("b", metadata=LOCAL)}, project="shop"))
    async with _follow(store) as stream:
        held = fold(await _next(stream), HashedRuleset.empty("shop"))
        assert (await _next(stream)).WhichOneof("message") == "heartbeat"
        changed = make({"a": flag("a", metadata=LOCAL), "b": flag("b", metadata=LOCAL | {"x": 1})}, project="shop")
        store.replace({"shop": _snapshot(changed)})
        update = await _next(stream)
        assert [entry.key for entry in update.update.flags] == ["b"]
        assert fold(update, held).ruleset.flags == changed.flags


async def test_who_holds_the_revision_gets_a_heartbeat_only():
    async with _follow(_store(SHOP)) as stream:
        held = (await _next(stream)).update.revision
    request = FollowRequest(projects=["shop"], held=[Held(project="shop", revision=held)])
    async with _follow(_store(SHOP), request) as stream:
        assert (await _next(stream)).WhichOneof("message") == "heartbeat"


async def test_a_heartbeat_tells_whether_the_server_is_in_touch_and_since_when_it_is_not():
    store = _store(SHOP, as_of=time.time() - 1000, stale=True)
    async with _follow(store) as stream:
        assert (await _next(stream)).stale
        lost = await _next(stream)
        assert lost.stale
        assert lost.age_seconds >= 1000
        store.replace({"shop": _snapshot(SHOP)})
        found = await _next(stream)
        assert (found.WhichOneof("message"), found.stale, found.age_seconds) == ("heartbeat", False, 0)


async def test_heartbeats_come_by_the_clock():
    async with _follow(_store(SHOP), heartbeat_seconds=0.001) as stream:
        await _next(stream)
        assert [(await _next(stream)).WhichOneof("message") for _ in range(3)] == ["heartbeat"] * 3


async def test_what_is_too_large_is_named_and_held_back():
    async with _follow(_store(SHOP), update_bytes=10) as stream:
        told = (await _next(stream)).oversize
        assert (told.project, told.limit) == ("shop", 10)
        assert (await _next(stream)).WhichOneof("message") == "heartbeat"


@pytest.mark.parametrize(
    ("request_", "call", "policy", "error"),
    [
        (FollowRequest(), NOBODY, "required", Unauthenticated),
        (FollowRequest(), _with("unknown"), "optional", Unauthenticated),
        (FollowRequest(), _with(CLIENT_KEY), "optional", PermissionDenied),
        (FollowRequest(projects=["other"]), _with(KEY), "optional", PermissionDenied),
        (FollowRequest(projects=["nowhere"]), NOBODY, "optional", NotFound),
        (FollowRequest(projects=["p"] * 101), NOBODY, "optional", InvalidArgument),
        (FollowRequest(projects=["p" * 300]), NOBODY, "optional", InvalidArgument),
        (FollowRequest(held=[Held(project="p", revision="r" * 65)]), NOBODY, "optional", InvalidArgument),
    ],
)
async def test_who_may_not_or_asks_for_what_is_not_there_is_told(request_, call, policy, error):
    async with _follow(_store(SHOP), request_, call, policy) as stream:
        with pytest.raises(error):
            await _next(stream)


async def test_before_the_first_ruleset_and_while_draining_callers_are_sent_elsewhere():
    async with _follow(Store()) as stream:
        with pytest.raises(Unavailable):
            await _next(stream)
    store = _store(SHOP)
    async with _follow(store) as stream:
        await _next(stream)
        store.close()
        await _next(stream)
        with pytest.raises(Unavailable, match="draining"):
            await _next(stream)


async def test_a_key_that_is_withdrawn_ends_its_stream():
    store = _store(SHOP)
    async with _follow(store, FollowRequest(), _with(KEY)) as stream:
        await _next(stream)
        await _next(stream)
        store.replace({"shop": _snapshot(make(FLAGS, project="shop"))})
        with pytest.raises(Unauthenticated):
            await _next(stream)
