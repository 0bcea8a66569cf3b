"""What is said in a status is true, and it is said once."""

from __future__ import annotations

import json
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.installation import authorize
from tests.cluster.slow_replica import SlowReplica
from tests.cluster.spending import WRITES_PER_GENERATION
from tests.cluster.stage import flag
from tests.ports import free_address

if TYPE_CHECKING:
    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage

STAMP = "2026-01-01T00:00:00Z"
WRONG = [{"attribute": "user.country", "op": "regex match", "values": ["("]}]
BROKEN = [{"name": "some", "match": WRONG, "rollout": {"percent": 100}}]
"""What the API server takes and the operator does not: a pattern that is none."""


def writes(stage: Stage, name: str = "") -> list[str]:
    """Return the writes of the operator to `name`, or everything but the Lease, in the namespace of the stage."""
    return [
        f"{entry['verb']} {entry['requestURI']}"
        for entry in stage.plane.audit()
        if entry["user"]["username"].endswith(":flagoperator")
        and entry["verb"] not in {"list", "watch"}
        and f"/namespaces/{stage.namespace}/" in entry["requestURI"]
        and entry["objectRef"]["resource"] != "leases"
        and name in ("", entry["objectRef"].get("name", ""))
    ]


def events(stage: Stage) -> list[tuple[str, str, str]]:
    """Return type, reason and name of what each event of the stage is about."""
    items = stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/events")["items"]
    return [(each["type"], each["reason"], each["involvedObject"]["name"]) for each in items]


def lease(stage: Stage) -> dict[str, Any]:
    return dict(stage.plane.request(f"/apis/coordination.k8s.io/v1/namespaces/{stage.namespace}/leases/flagoperator"))


def settle(stage: Stage, operator: Operator) -> None:
    """Wait until what is to be said is said: nothing more was, a whole list later."""

    def is_quiet() -> bool:
        before, lists = writes(stage), operator.metric("flagoperator_relist_seconds_count")
        stage.until(lambda: operator.metric("flagoperator_relist_seconds_count") > lists)
        return writes(stage) == before and operator.metric("flagoperator_status_backlog") == 0

    stage.until(is_quiet)


def test_a_change_reaches_every_replica_and_costs_two_writes_at_most(stage: Stage):
    operator = stage.operator()
    replicas = [stage.replica(f"flagd-{number}") for number in range(2)]
    stage.until(lambda: len(operator.replicas()) == 2)
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Ready="True", Published="True")
    stage.apply(flag("checkout", 100))
    found = stage.wait("checkout", Published="True")
    assert [stage.variant(each, "checkout") for each in replicas] == ["on", "on"]
    status = found["status"]
    assert status["published"] == "2/2"
    assert status["observedGeneration"] == status["servedGeneration"] == 2
    assert status["effective"] == {
        "rollout": "100",
        "percent": "100",
        "variants": "on",
        "salt": "checkout",
        "allocations": [{"name": "All Other Users", "percent": "100"}],
    }
    assert {each["type"] for each in status["conditions"]} == {"Ready", "Published", "RolledOut"}
    assert 0 < len(writes(stage, "checkout")) <= 2 * WRITES_PER_GENERATION, "statuses may coalesce, never repeat"


def test_nothing_is_written_while_nothing_changes(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    stage.replica("flagd-0")
    stage.apply(flag("a"), flag("b", segments=BROKEN))
    stage.wait("a", Published="True")
    stage.wait("b", Ready="False")
    settle(stage, operator)
    relists = operator.metric("flagoperator_relist_seconds_count")
    before = writes(stage)
    stage.until(lambda: operator.metric("flagoperator_relist_seconds_count") >= relists + 4)
    assert writes(stage) == before


def test_a_flag_that_goes_bad_is_served_as_it_was_and_says_so_once(stage: Stage):
    stage.operator("--relist-interval", "1")
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"), flag("other"))
    stage.wait("checkout", Published="True")
    stage.apply(flag("checkout", 0, segments=BROKEN))
    status = stage.wait("checkout", Ready="False", Published="LastGood", Stalled="True")["status"]
    assert status["servedGeneration"] == 1
    assert status["observedGeneration"] == 2
    assert stage.variant(replica, "checkout") == "on"
    stage.apply(flag("other", 0))
    stage.wait("other", Published="True")
    assert stage.variant(replica, "other") == "off"
    stage.until(lambda: ("Warning", "Broken", "checkout") in events(stage))
    assert [each for each in events(stage) if each[0] == "Warning"] == [("Warning", "Broken", "checkout")]


def test_published_counts_the_ready_pods_of_the_service_not_who_happens_to_be_connected(stage: Stage):
    stage.operator("--evaluation-service", f"{stage.namespace}/flag-evaluation")
    stage.endpoints("flag-evaluation", ready=["flagd-0", "flagd-1"], unready=["flagd-2"])
    stage.replica("flagd-0")
    stage.replica("somebody-else")
    stage.apply(flag("checkout"))
    stage.until(lambda: stage.get("Flag", "checkout")["status"].get("published") == "1/2")
    assert stage.condition("Flag", "checkout", "Published")["status"] == "Unknown"
    stage.replica("flagd-1")
    assert stage.wait("checkout", Published="True")["status"]["published"] == "2/2"


def test_a_replica_that_refuses_keeps_a_flag_from_being_published(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    with SlowReplica(stage.address, "flagd-1", refuse="it is too deep") as slow:
        stage.apply(flag("checkout"))
        stage.wait("checkout", Published="Refused")
        assert stage.condition("Flag", "checkout", "Published")["message"] == "flagd-1: it is too deep"
        stage.until(lambda: stage.get("Flag", "checkout")["status"]["published"] == "1/2")
        slow.refuse = ""
        stage.apply(flag("checkout", 50))
        assert stage.wait("checkout", Published="True")["status"]["published"] == "2/2"


def test_replicas_that_come_and_go_rewrite_no_flag(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    settle(stage, operator)
    before = writes(stage)
    stage.replica("flagd-1").stop()
    stage.replica("flagd-2")
    stage.until(lambda: lease(stage)["metadata"].get("annotations", {}).get("flagoperator.dev/replicas") == "2/2")
    assert writes(stage) == before
    assert stage.get("Flag", "checkout")["status"]["published"] == "1/1"


def test_without_replicas_nothing_is_published(stage: Stage):
    stage.operator()
    stage.apply(flag("checkout"))
    assert stage.wait("checkout", Ready="True", Published="NoReplicas")["status"]["published"] == "0/0"


def test_of_two_flags_with_one_key_one_is_stalled(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("first", key="checkout"), flag("second", key="checkout"))
    stage.until(
        lambda: (
            {stage.condition("Flag", name, "Ready").get("reason") for name in ("first", "second")}
            == {"Compiled", "KeyConflict"}
        )
    )


def test_segments_say_who_uses_them(stage: Stage):
    stage.operator()
    spec = {"match": [{"attribute": "user.country", "op": "is", "values": ["US"]}]}
    api = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagSegment", "metadata": {"name": "us"}}
    stage.apply({**api, "spec": spec})
    stage.wait("us", "FlagSegment", Ready="True")
    user = [{"name": "us", "segmentRefs": ["us"], "rollout": {"percent": 100}}]
    stage.apply(flag("a", segments=user), flag("b", segments=user))
    stage.until(lambda: stage.get("FlagSegment", "us")["status"].get("usedBy") == ["Flag/a", "Flag/b"])
    stage.delete("Flag", "a")
    stage.until(lambda: stage.get("FlagSegment", "us")["status"].get("usedByCount") == 1)


def forge(stage: Stage, name: str, status: dict[str, Any]) -> None:
    """Write into the status of a flag by hand."""
    patch = json.dumps({"status": status})
    stage.kubectl("patch", "flag", name, "--subresource=status", "--type=merge", f"--patch={patch}")


def test_what_a_foreign_hand_puts_into_a_status_is_put_right_and_conditions_of_others_stay(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    right = stage.get("Flag", "checkout")["status"]
    audited = {"type": "Audited", "status": "True", "reason": "Seen", "message": "", "lastTransitionTime": STAMP}
    stalled = {**audited, "type": "Stalled"}
    conditions = [*right["conditions"], stalled, audited]
    forge(stage, "checkout", {"published": "99/99", "servedGeneration": 7, "conditions": conditions})

    def is_put_right() -> bool:
        found = stage.get("Flag", "checkout")["status"]
        types = {each["type"] for each in found["conditions"]}
        expected = {"Ready", "Published", "RolledOut", "Audited"}
        return types == expected and found | {"conditions": 0} == right | {"conditions": 0}

    stage.until(is_put_right)


@pytest.mark.parametrize(
    "running",
    [
        pytest.param(True, id="while the operator runs", marks=pytest.mark.long),
        pytest.param(False, id="before it starts"),
    ],
)
def test_a_restored_status_of_another_cluster_does_not_stay(stage: Stage, running: bool):
    if running:
        stage.operator()
    stage.apply(flag("checkout"))
    if running:
        stage.wait("checkout", Ready="True", Published="NoReplicas")
    about = {"reason": "Served", "message": "", "lastTransitionTime": STAMP, "observedGeneration": 1}
    conditions = [{**about, "type": kind, "status": "True"} for kind in ("Ready", "Published")]
    served = {"observedGeneration": 1, "servedGeneration": 1, "published": "2/2"}
    forge(stage, "checkout", {"conditions": conditions, **served})
    assert stage.condition("Flag", "checkout", "Published")["status"] == "True"
    if not running:
        stage.operator()
    status = stage.wait("checkout", Published="Unknown")["status"]
    assert status.get("published") != "2/2"


def test_two_installations_are_told_of_and_write_each_status_a_bounded_number_of_times(stage: Stage):
    first = stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    stage.apply(flag("checkout", 0, segments=BROKEN))
    stage.wait("checkout", Published="LastGood")
    # It has never seen the good form, and so says otherwise.
    authorize(stage.plane, "default")
    second = stage.operator("--lease-namespace", "default", listen=free_address())
    stage.until(lambda: second.state()["leading"])

    def told() -> bool:
        return any("is there a second operator" in each["message"] for one in (first, second) for each in one.log)

    stage.until(told)
    overwritten = sum(each.metric("flagoperator_status_overwritten_total") for each in (first, second))
    assert 0 < overwritten < 20
    assert max(each.metric("flagoperator_status_contested") for each in (first, second)) == 1


def fill(stage: Stage, name: str) -> None:
    """Make the largest cohort, within a little, that the cluster takes."""
    api = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagCohort", "metadata": {"name": name}}
    members = [f"{number:079d}" for number in range(18_900)]
    for room in range(22_700, 0, -100):
        padded = [each + "x" * max(0, min(100, room - 100 * number)) for number, each in enumerate(members)]
        try:
            stage.plane.request(stage.collection("FlagCohort"), "POST", {**api, "spec": {"members": padded}})
        except urllib.error.HTTPError:
            continue  # it does not fit
        return
    raise AssertionError("no cohort of that size is taken")


def test_an_object_without_room_for_its_status_is_told_in_an_event_and_holds_up_nobody(stage: Stage):
    operator = stage.operator()
    stage.replica("flagd-0")
    fill(stage, "edge")
    stage.until(lambda: ("Warning", "StatusNotWritten", "edge") in events(stage))
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    assert operator.metric("flagoperator_status_write_failures_total") < 10
