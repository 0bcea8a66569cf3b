"""Access: which view a call gets. The matrix of keys and projects is tested on the wire."""

import hashlib

import pytest

from flagd.api.access import Access
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, NotFound, PermissionDenied, RpcError, Unauthenticated, Unavailable
from flagd.ruleset.default_project import DefaultProject
from flagd.store import Store
from tests.unit.flagd.api.projects import NOBODY, snapshots, with_key


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


def _access(text, policy="optional", unnamed=None):
    store = Store(unnamed)
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


BILLING = _flag("billing", "x")
DEFAULT = _flag("default", "z")
UNNAMED = [
    (SHOP, DefaultProject(), ["a", "b", "c"]),
    (SHOP + BILLING, DefaultProject(), None),
    (SHOP + BILLING + DEFAULT, DefaultProject(), ["z"]),
    (SHOP + BILLING + DEFAULT, DefaultProject("billing"), ["x"]),
    (SHOP, DefaultProject("billing"), []),
    (SHOP, DefaultProject(alone=False), None),
    (SHOP + DEFAULT, DefaultProject(alone=False), ["z"]),
    (SHOP, DefaultProject("shop", alone=False), ["a", "b", "c"]),
]


@pytest.mark.parametrize(("text", "unnamed", "keys"), UNNAMED)
def test_who_names_no_project_means_the_default_one(text, unnamed, keys):
    access = _access(text, unnamed=unnamed)
    if keys is not None:
        assert access.view("", NOBODY).keys == keys
        return
    with pytest.raises(InvalidArgument, match="project: required; name it in the call, or start flagd with --default-"):
        access.view("", NOBODY)


def test_a_key_of_several_projects_means_the_default_one_of_them():
    deployments = "".join(_deployment(name, "back", "Server", "both") for name in ("billing", "default"))
    text = SHOP + _flag("billing", "x", "back") + _flag("default", "z", "back") + deployments
    assert _access(text).view("", with_key("both"), server=True).keys == ["z"]
    assert _access(text, unnamed=DefaultProject("billing")).view("", with_key("both")).keys == ["x"]
    with pytest.raises(InvalidArgument, match="this deployment key belongs to several"):
        _access(text, unnamed=DefaultProject("other")).view("", with_key("both"))


def _told(access, project):
    """Return what a call of `project` without a key comes to: the flags seen, or the error."""
    try:
        return access.view(project, NOBODY).keys
    except RpcError as error:
        return type(error)


EDITS = [
    ("the last flag of all", SHOP, [""], {"": [], "shop": [], "nowhere": NotFound}),
    ("a project beside the default one", DEFAULT + SHOP, [DEFAULT], {"": ["z"], "shop": [], "default": ["z"]}),
    ("the default project", DEFAULT + SHOP, [SHOP], {"": [], "shop": ["a", "b", "c"], "default": []}),
    ("all projects, one after the other", BILLING + SHOP, [BILLING, ""], {"": [], "shop": [], "billing": []}),
    ("and back again", SHOP, ["", SHOP], {"": ["a", "b", "c"], "shop": ["a", "b", "c"]}),
]


@pytest.mark.parametrize(("what", "before", "edits", "told"), EDITS, ids=[case[0] for case in EDITS])
def test_what_is_deleted_is_no_flag_of_a_project_that_stays_known(what, before, edits, told):
    store = Store()
    store.replace(snapshots(before))
    access = Access(store, Metrics())
    for text in edits:
        store.replace(snapshots(text))
    assert {project: _told(access, project) for project in told} == told, what


def test_in_a_cluster_a_project_is_what_the_operator_says_and_only_the_default_one_stays_known():
    store = Store(DefaultProject(alone=False))
    store.replace(snapshots(DEFAULT + SHOP))
    access = Access(store, Metrics())
    store.replace(snapshots(BILLING))
    assert {name: _told(access, name) for name in ("", "default", "shop")} == {"": [], "default": [], "shop": NotFound}


def test_a_change_of_the_project_that_is_meant_is_logged(caplog):
    store = Store()
    for text in (SHOP, SHOP, SHOP + BILLING, SHOP + BILLING, SHOP, SHOP + DEFAULT):
        store.replace(snapshots(text))
    assert [record.getMessage() for record in caplog.records] == [
        "calls that name no project are refused now, they meant shop; --default-project chooses",
        "calls that name no project mean default now, they meant shop; --default-project chooses",
    ]


def test_a_server_without_any_project_answers_nobody_and_blames_nobody():
    for call, project in ((NOBODY, ""), (NOBODY, "shop"), (with_key("w1"), "")):
        with pytest.raises(Unavailable, match="this server serves no project"):
            _access("").view(project, call)
        with pytest.raises(Unavailable, match="this server serves no project"):
            _access("").views(project, call)


def test_what_a_restart_inherited_and_the_source_does_not_have_is_not_known():
    store = Store()
    store.replace({name: one.lost() for name, one in snapshots(SHOP).items()})
    access = Access(store, Metrics())
    assert access.view("", NOBODY).keys == ["a", "b", "c"]
    store.replace({})
    with pytest.raises(Unavailable, match="this server serves no project"):
        access.view("", NOBODY)


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


def test_only_who_needs_no_key_is_told_that_an_unknown_flag_is_declared():
    store = Store()
    store.replace(snapshots(SHOP))
    store.refused = frozenset({("shop", "bad")})
    access = Access(store, Metrics())
    server = access.view("shop", with_key("b1"), server=True)
    assert access.why_unknown(server, "bad") == access.why_unknown(server, "other") == "unknown flag"
    anybody = access.view("shop", NOBODY)
    assert access.why_unknown(anybody, "bad").startswith("unknown flag: it is declared")
    assert access.why_unknown(anybody, "other") == "unknown flag"
