"""Access: which view a call gets. The matrix of keys and projects is tested on the wire."""

import hashlib

import pytest

from flagd.metrics import Metrics
from flagd.rpc.access import Access
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, NotFound, PermissionDenied, Unauthenticated, Unavailable
from flagd.store import Store
from tests.unit.rpc.projects import NOBODY, snapshots, with_key


def _hash(key):
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _flag(project, name, *deployments):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {project}}}
spec: {{active: true, deployments: [{", ".join(deployments)}], variants: [{{key: "on"}}]}}
---"""


def _deployment(project, name, kind, *keys):
    hashes = ", ".join(f'"{_hash(key)}"' for key in keys)
    return f"""
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {project}}}
spec: {{type: {kind}, keyHashes: [{hashes}]}}
---"""


SHOP = (
    _flag("shop", "a", "web")
    + _flag("shop", "b", "web", "back")
    + _flag("shop", "c")
    + _deployment("shop", "web", "Client", "w1", "w2")
    + _deployment("shop", "back", "Server", "b1", "both")
)


def _access(text, policy="optional"):
    store = Store()
    store.replace(snapshots(text))
    return Access(store, Metrics(), policy)


def test_before_the_first_ruleset_nothing_is_answered():
    with pytest.raises(Unavailable, match="no ruleset has been loaded yet"):
        Access(Store(), Metrics()).view("shop", NOBODY)


@pytest.mark.parametrize("key", ["w1", "w2"])
def test_every_key_of_a_deployment_opens_it(key):
    assert _access(SHOP).view("", with_key(key)).keys == ["a", "b"]


def test_a_key_of_two_deployments_of_a_project_opens_both():
    access = _access(SHOP + _deployment("shop", "web2", "Client", "both") + _flag("shop", "d", "web2"))
    assert access.view("", with_key("both")).keys == ["b", "d"]
    assert access.view("shop", with_key("both"), server=True)


def test_a_key_of_two_projects_needs_the_project_named():
    access = _access(SHOP + _flag("other", "x", "back") + _deployment("other", "back", "Client", "both"))
    with pytest.raises(InvalidArgument, match="this deployment key belongs to several"):
        access.view("", with_key("both"))
    assert access.view("other", with_key("both")).keys == ["x"]
    with pytest.raises(PermissionDenied, match="Server deployment key"):
        access.view("other", with_key("both"), server=True)


def test_the_only_project_need_not_be_named_and_no_project_is_not_the_only_one():
    assert _access(SHOP).view("", NOBODY).keys == ["a", "b", "c"]
    with pytest.raises(InvalidArgument, match="not exactly one"):
        _access("").view("", NOBODY)
    with pytest.raises(NotFound, match="unknown project"):
        _access("").view("shop", NOBODY)


@pytest.mark.parametrize(
    "authorization", ["Api-Key nope", "Api-Key w1 x", "Digest w1", "Api-Key", " ", "Api-Key \ud800"]
)
def test_what_is_no_known_key_is_refused(authorization):
    with pytest.raises(Unauthenticated):
        _access(SHOP).view("shop", Call({"authorization": authorization}))


def test_a_view_is_made_once_per_revision():
    store = Store()
    store.replace(snapshots(SHOP))
    access = Access(store, Metrics())
    view = access.view("shop", NOBODY)
    assert access.view("", NOBODY) is view
    assert access.view("shop", with_key("w1")) is not view
    store.replace(snapshots(SHOP))
    assert access.view("shop", NOBODY) is not view


def test_a_key_that_is_withdrawn_is_refused_from_then_on():
    store = Store()
    store.replace(snapshots(SHOP))
    access = Access(store, Metrics())
    assert access.view("shop", with_key("w1"))
    store.replace(snapshots(_flag("shop", "c")))
    with pytest.raises(Unauthenticated):
        access.view("shop", with_key("w1"))


def test_a_ruleset_that_is_only_known_to_be_current_again_keeps_its_views_flags():
    store = Store()
    store.replace(snapshots(SHOP))
    access = Access(store, Metrics())
    before = access.view("shop", NOBODY)
    store.replace({name: one.at(one.as_of + 5) for name, one in store.snapshots.items()})
    after = access.view("shop", NOBODY)
    assert after.keys is before.keys
    assert after.tail != before.tail


def test_the_hash_of_a_key_tells_the_revision_and_opens_nothing():
    store = Store()
    store.replace(snapshots(SHOP))
    access = Access(store, Metrics(), "required")
    digest = _hash("w1").removeprefix("sha256:")
    assert access.revision("shop", digest) == store.snapshots["shop"].revision
    with pytest.raises(Unauthenticated):
        access.view("shop", with_key(digest))
    for unknown in ("", "00", _hash("w1")):
        with pytest.raises(Unauthenticated):
            access.revision("shop", unknown)
    with pytest.raises(PermissionDenied):
        access.revision("billing", digest)


def test_all_views_of_a_caller_are_those_of_every_project_that_the_caller_may_see():
    access = _access(SHOP + _flag("other", "x", "back") + _deployment("other", "back", "Client", "both"))
    assert [view.keys for view in access.views("", NOBODY)] == [["x"], ["a", "b", "c"]]
    assert [view.keys for view in access.views("shop", NOBODY)] == [["a", "b", "c"]]
    assert [view.keys for view in access.views("", with_key("both"))] == [["x"], ["b"]]
    assert [view.keys for view in access.views("shop", with_key("w1"))] == [["a", "b"]]
    with pytest.raises(PermissionDenied, match="belongs to another project"):
        access.views("other", with_key("w1"))


def test_all_views_of_a_server_without_projects_are_none():
    assert _access("").views("", NOBODY) == []
