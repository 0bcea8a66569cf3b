"""ClientRuleset: what clients get who evaluate in process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler import deliver_local
from flagd.ruleset import Cohort, Deployment
from flagd.ruleset.change import Change
from flagd.ruleset.forms.client_ruleset import deliver
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import PersistentMap
from tests.unit.flagd.compiler.manifest import compiled, flag, holdout, needing, only
from tests.unit.flagd.ruleset.contents import KEYS, NAMES, make
from tests.unit.flagd.ruleset.contents import flag as evaluation_flag


def test_local_clients_get_remote_flags_switched_off():
    remote = only(compiled(needing("g", "f"), flag("f")), "g")
    delivered = deliver_local(remote)
    assert delivered["segments"] == [{"metadata": {"segmentName": "default"}, "variant": "off"}]
    assert "dependencies" not in delivered
    assert (delivered["variants"], delivered["metadata"]) == (remote["variants"], remote["metadata"])


@pytest.mark.parametrize("key", ["f", "h"])
def test_local_clients_get_local_flags_and_groups_as_they_are(key):
    local = only(compiled(flag("f", evaluationMode="Local"), holdout("h")), key)
    assert deliver_local(local) is local


IN_COHORT = [[{"selector": ["context", "user", "cohort_ids"], "op": "set contains any", "values": ["beta"]}]]


def local(key, **parts):
    metadata = {"evaluationMode": "local", "deployed": True} | parts.pop("metadata", {})
    return evaluation_flag(key, metadata=metadata, **parts)


def remote(key, **parts):
    return evaluation_flag(key, metadata={"evaluationMode": "remote", "deployed": True}, **parts)


SHOP = make(
    {
        "mine": local("mine", dependencies=["parent", "group"]),
        "parent": local("parent", segments=[{"conditions": IN_COHORT, "variant": "off"}]),
        "group": local("group", metadata={"deployed": False}),
        "remote": remote("remote", dependencies=["secret"]),
        "secret": local("secret"),
    },
    cohorts={"beta": Cohort("User", frozenset({"ann"})), "other": Cohort("User", frozenset({"bob"}))},
    deployments={"web": Deployment("Server", frozenset({"sha256:" + "0" * 64}))},
    visibility={"mine": {"web"}, "remote": {"web", "ios"}, "secret": {"ios"}},
)


def delivered(ruleset, deployments, previous=None):
    return deliver(ruleset, deployments, previous).hashed.ruleset


def test_a_key_opens_its_flags_and_what_they_depend_on():
    flags = delivered(SHOP, frozenset({"web"})).flags
    assert {key: flag["metadata"]["deployed"] for key, flag in flags.items()} == {
        "mine": True,
        "remote": True,
        "parent": False,
        "group": False,
    }
    assert flags["mine"] is SHOP.flags["mine"]
    assert "dependencies" not in flags["remote"]


def test_callers_without_a_key_get_every_flag():
    assert delivered(SHOP, None).flags.keys() == SHOP.flags.keys()
    assert delivered(SHOP, None).flags["secret"] is SHOP.flags["secret"]


def test_no_hashes_are_delivered_nor_who_sees_what_nor_cohorts_that_nothing_names():
    ruleset = delivered(SHOP, frozenset({"web"}))
    assert (ruleset.deployments, ruleset.visibility, list(ruleset.cohorts)) == ({}, {}, ["beta"])
    assert list(delivered(SHOP, frozenset({"ios"})).cohorts) == []


def test_what_is_delivered_has_a_revision_of_its_own():
    ruleset = delivered(SHOP, frozenset({"web"}))
    ruleset.verify()
    assert ruleset.revision != SHOP.revision


@st.composite
def projects(draw):
    keys = sorted(draw(st.frozensets(KEYS)))
    flags = {}
    for key in keys:
        make_one = draw(st.sampled_from([local, remote]))
        conditions = draw(st.sampled_from([[], [{"conditions": IN_COHORT}], [{"conditions": "broken"}]]))
        flags[key] = make_one(key, dependencies=draw(st.lists(KEYS, max_size=2)), segments=conditions)
    cohorts = {name: Cohort("User", draw(NAMES)) for name in draw(st.frozensets(st.sampled_from(["beta", "other"])))}
    return make(flags, cohorts, visibility={key: draw(NAMES) for key in keys})


@given(st.lists(projects(), min_size=1, max_size=4), st.none() | NAMES, st.booleans())
def test_the_way_to_a_revision_does_not_show_in_what_is_delivered(revisions, deployments, local_only):
    made = None
    for ruleset in revisions:
        made = deliver(ruleset, deployments, made, local_only=local_only)
    assert made.hashed.ruleset == deliver(revisions[-1], deployments, local_only=local_only).hashed.ruleset


def test_a_flag_that_does_not_change_is_the_same_object_in_the_next_delivery():
    first = deliver(SHOP, frozenset({"web"}))
    changed = make({**SHOP.flags, "mine": local("mine")}, visibility=SHOP.visibility)
    second = deliver(changed, frozenset({"web"}), first)
    assert second.hashed.ruleset.flags["remote"] is first.hashed.ruleset.flags["remote"]
    assert second.hashed.ruleset.flags.keys() == {"mine", "remote"}


def test_a_flag_that_asks_for_any_cohort_is_delivered_with_all_of_them():
    in_none = [[{"selector": ["context", "user", "cohort_ids"], "op": "is", "values": ["(none)"]}]]
    flags = {"mine": local("mine", segments=[{"conditions": in_none, "variant": "off"}])}
    cohorts = {name: Cohort("User", frozenset({"ann"})) for name in ("beta", "other")}
    ruleset = make(flags, cohorts=cohorts, deployments={}, visibility={"mine": {"web"}})
    assert set(delivered(ruleset, frozenset({"web"})).cohorts) == {"beta", "other"}


def test_one_change_looks_at_no_other_flag(monkeypatch):
    chain = {f"f{n}": local(f"f{n}", dependencies=[f"f{n - 1}"] if n % 3 else []) for n in range(300)}
    held = HashedRuleset.of(make(chain))
    first = deliver(held.ruleset, None, local_only=True)
    changed = local("f7", dependencies=["f6"], segments=[{"variant": "off"}])

    def forbidden(_map):
        raise AssertionError("all flags are looked at")

    monkeypatch.setattr(PersistentMap, "__iter__", forbidden)
    monkeypatch.setattr(PersistentMap, "as_dict", forbidden)
    second = deliver(held.changed(Change({"f7": changed}, {}, {}, {})).ruleset, None, first, local_only=True)
    assert second.hashed.ruleset.flags["f7"] is changed
