"""Deleting what flags refer to changes no answer: on a real API server, through restarts of operator and flagd."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from flagd.last_good.file import FILE_NAME
from tests.cluster.stage import flag
from tests.ports import free_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.stage import Stage
    from tests.wire.process import Process

USERS = [f"user-{number}" for number in range(12)]


def made(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


GROUP = made("FlagGroup", "winter-holdout", type="Holdout", holdout={"percent": 50})
MUTEX = made(
    "FlagGroup", "banner", type="MutualExclusion", slots=[{"name": "a", "percent": 50}, {"name": "b", "percent": 50}]
)
COHORT = made("FlagCohort", "beta", members=USERS[::2])
PARENT = flag("new-account", 50, memberOf=[{"group": "winter-holdout"}])
BETA = {"name": "beta", "match": [{"op": "in cohort", "values": ["beta"]}], "rollout": {"percent": 100}}
CHILDREN = [
    flag("recommendations", memberOf=[{"group": "winter-holdout"}]),
    flag("summer-banner", memberOf=[{"group": "banner", "slot": "a"}]),
    flag("loyalty", prerequisites={"flags": [{"key": "new-account", "variants": ["on"]}]}),
    flag("preview", 0, segments=[BETA]),
]
KEYS = [child["metadata"]["name"] for child in CHILDREN]
GONE = [
    ("FlagGroup", "winter-holdout"),
    ("Flag", "new-account"),
    ("FlagCohort", "beta"),
    ("FlagGroup", "banner"),
]


def answers(stage: Stage, replica: Process) -> dict[str, list[str]]:
    return {key: [stage.variant(replica, key, user) for user in USERS] for key in KEYS}


def message(stage: Stage, name: str) -> str:
    return str(stage.condition("Flag", name, "Published").get("message", ""))


def told_of(stage: Stage, name: str) -> list[str]:
    """Return the messages of the events about `name`."""
    events = stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/events")["items"]
    return [each["message"] for each in events if each["involvedObject"]["name"] == name]


def deleted(stage: Stage, kind: str, name: str, flag_key: str, told: str) -> None:
    """Delete something, and wait until the status of a flag tells."""
    stage.delete(kind, name)
    stage.until(lambda: told in message(stage, flag_key), lambda: message(stage, flag_key))


def test_what_flags_refer_to_is_deleted_and_no_answer_changes(stage: Stage, tmp_path: Path):
    (tmp_path / "flagd").mkdir()
    address, disk = free_address(), ("--state-dir", str(tmp_path / "flagd"))
    operator, replica = stage.operator(), stage.replica("flagd-0", "--ruleset-listen", address, *disk)
    stage.apply(GROUP, MUTEX, COHORT, PARENT, *CHILDREN)
    for key in KEYS:
        stage.wait(key, Published="True")
    before = answers(stage, replica)
    assert all(len(set(given)) == 2 for given in before.values()), "some users in, some out"

    group = "generation 1 is served with FlagGroup winter-holdout, which was deleted"
    deleted(stage, "FlagGroup", "winter-holdout", "recommendations", group)
    missing = r"there is no FlagGroup 'winter-holdout' \[ReferenceMissing\]"
    assert operator.said(f"recommendations cannot be used: .*{missing}; {group}")
    stage.until(lambda: any(group in each for each in told_of(stage, "recommendations")))
    parent = "with Flag new-account and FlagGroup winter-holdout, which were deleted"
    deleted(stage, "Flag", "new-account", "loyalty", parent)
    deleted(stage, "FlagCohort", "beta", "preview", "FlagCohort beta, which was deleted")
    deleted(stage, "FlagGroup", "banner", "summer-banner", "FlagGroup banner, which was deleted")
    assert answers(stage, replica) == before
    assert stage.answer(replica, "new-account") == ("", "1"), "it is not known, as any deleted flag"

    operator.signal(signal.SIGKILL)
    operator.wait()
    stage.expire_lease()
    operator = stage.operator("--peers", address)
    stage.apply(flag("later"))
    stage.wait("later", Published="True")
    assert answers(stage, replica) == before
    assert parent in message(stage, "loyalty")

    revision = str(operator.state()["projects"][stage.namespace])
    kept = tmp_path / "flagd" / FILE_NAME
    stage.until(lambda: kept.exists() and revision in kept.read_text())
    operator.signal(signal.SIGKILL)
    operator.wait()
    replica.signal(signal.SIGKILL)
    replica.wait()
    replica = stage.replica("flagd-0", "--ruleset-listen", address, *disk)
    stage.until(lambda: stage.variant(replica, KEYS[0]))
    assert answers(stage, replica) == before, "from the disk alone"

    stage.expire_lease()
    stage.operator("--peers", address)
    stage.apply(flag("later", 0))
    stage.until(lambda: stage.variant(replica, "later") == "off")
    assert answers(stage, replica) == before
    stage.apply(GROUP, MUTEX, COHORT, PARENT)
    for key in KEYS:
        stage.wait(key, Ready="True", Published="True")
    assert answers(stage, replica) == before, "made again as it was"


@pytest.mark.parametrize("away", [False, True], ids=["all the time", "away while flags came and broke"])
def test_operators_are_replaced_one_after_the_other_and_no_answer_changes(stage: Stage, away: bool):
    """As a Deployment does, with neither a folder nor replicas that can be asked: each asks those that are there."""
    first, second = free_address(), free_address()
    leader, standby = stage.operator(listen=first), stage.operator("--peers", first, listen=second)
    replica = stage.replica("flagd-0", operators=(first, second))
    stage.until(lambda: standby.state()["ready"])
    if away:
        standby.signal(signal.SIGSTOP)
    stage.apply(GROUP, MUTEX, COHORT, PARENT, *CHILDREN)
    for key in KEYS:
        stage.wait(key, Published="True")
    before = answers(stage, replica)
    for kind, name in GONE:
        stage.delete(kind, name)
    for key in KEYS:
        stage.until(lambda key=key: "generation 1 is served with" in message(stage, key))
    if away:
        standby.signal(signal.SIGCONT)
    stage.until(lambda: standby.state()["projects"] == leader.state()["projects"], lambda: standby.state())
    knowing = [standby]
    for address, old in ((first, leader), (second, standby)):
        old.signal(signal.SIGKILL)
        old.wait()
        new = stage.operator("--peers", f"{first},{second}", listen=address)
        knowing = [one for one in knowing if one is not old] + [new]
        stage.until(lambda new=new: new.state()["ready"])
        assert not [line for line in new.log if "no generation of it is served" in line["message"]]
        stage.expire_lease()
        stage.until(lambda knowing=tuple(knowing): any(one.state()["leading"] for one in knowing))
        stage.apply(flag("later", 0 if old is leader else 100))
        stage.wait("later", Published="True")
        assert answers(stage, replica) == before


def test_a_namespace_whose_contents_go_one_by_one_changes_no_answer_of_what_is_left(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(GROUP, MUTEX, COHORT, PARENT, *CHILDREN)
    for key in KEYS:
        stage.wait(key, Published="True")
    before = answers(stage, replica)
    for kind, name in GONE:
        stage.delete(kind, name)
    left = list(KEYS)
    for key in KEYS:
        stage.delete("Flag", key)
        left.remove(key)
        stage.until(lambda key=key: stage.variant(replica, key) == "")
        now = answers(stage, replica)
        assert {each: now[each] for each in left} == {each: before[each] for each in left}
