"""Tools that know nothing of flags read from their status whether they are done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import KINDS
from tests.cluster.kstatus import CURRENT, FAILED, IN_PROGRESS, TERMINATING, kstatus
from tests.cluster.stage import flag
from tests.cluster.test_status import BROKEN

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

EXAMPLES = Path(__file__).parents[2] / "examples"
READY, UNREADY = {"type": "Ready", "status": "True"}, {"type": "Ready", "status": "False"}
STALLED, RECONCILING = {"type": "Stalled", "status": "True"}, {"type": "Reconciling", "status": "True"}
NO_MORE = {"type": "Stalled", "status": "False"}


@pytest.mark.parametrize(
    ("expected", "generation", "status"),
    [
        (CURRENT, 1, {}),
        (IN_PROGRESS, 1, {"observedGeneration": -1}),
        (IN_PROGRESS, 2, {"observedGeneration": 1, "conditions": [READY]}),
        (CURRENT, 2, {"observedGeneration": 2, "conditions": [READY]}),
        (IN_PROGRESS, 2, {"observedGeneration": 2, "conditions": [UNREADY]}),
        (FAILED, 2, {"observedGeneration": 2, "conditions": [UNREADY, STALLED]}),
        (IN_PROGRESS, 2, {"observedGeneration": 2, "conditions": [READY, RECONCILING]}),
        (CURRENT, 2, {"observedGeneration": 2, "conditions": [READY, NO_MORE]}),
        (CURRENT, 2, {"conditions": [READY]}),
    ],
)
def test_the_rules_are_those_of_kstatus(expected: str, generation: int, status: dict[str, Any]):
    assert kstatus({"metadata": {"generation": generation}, "status": status}) == expected


def test_what_is_being_deleted_is_terminating_whatever_else_it_says():
    metadata = {"generation": 1, "deletionTimestamp": "2026-01-01T00:00:00Z"}
    assert kstatus({"metadata": metadata, "status": {"observedGeneration": 1, "conditions": [READY]}}) == TERMINATING


def lives(stage: Stage, name: str, version: str) -> list[dict[str, Any]]:
    """Return every state that a flag was in after `version`, in order."""
    told = stage.plane.since(stage.collection("Flag"), version)
    return [each["object"] for each in told if each["object"]["metadata"].get("name") == name]


def version_now(stage: Stage) -> str:
    return str(stage.plane.request(stage.collection("Flag"))["metadata"]["resourceVersion"])


def steps(states: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Return generation and kstatus of `states`, each once."""
    found = [(each["metadata"]["generation"], kstatus(each)) for each in states]
    return [each for number, each in enumerate(found) if number == 0 or found[number - 1] != each]


def test_a_flag_is_in_progress_until_the_operator_saw_it(stage: Stage):
    stage.apply(flag("checkout"))
    assert kstatus(stage.get("Flag", "checkout")) == IN_PROGRESS


def test_a_flag_is_current_only_while_its_generation_is_served(stage: Stage):
    start = version_now(stage)
    stage.operator()
    stage.replica("flagd-0")
    for percent in (100, 0, 50):
        stage.apply(flag("checkout", percent))
        stage.wait("checkout", Published="True")
    states = lives(stage, "checkout", start)
    progress = [(generation, each) for generation in (1, 2, 3) for each in (IN_PROGRESS, CURRENT)]
    assert steps(states) == progress
    for state in (each for each in states if kstatus(each) == CURRENT):
        generation, status = state["metadata"]["generation"], state["status"]
        assert {each["status"] for each in status["conditions"]} == {"True"}
        assert {each["observedGeneration"] for each in status["conditions"]} == {generation}
        assert status["servedGeneration"] == generation


def test_no_condition_ever_speaks_of_another_generation_than_the_status(stage: Stage):
    start = version_now(stage)
    stage.operator()
    stage.replica("flagd-0")
    for number in range(10):
        stage.apply(flag("checkout", number, segments=BROKEN if number % 3 == 1 else []))
    stage.wait("checkout", Published="True")
    spoken = [
        (each["status"]["observedGeneration"], condition["observedGeneration"])
        for each in lives(stage, "checkout", start)
        for condition in each["status"].get("conditions", ())
    ]
    assert spoken
    assert all(status == condition for status, condition in spoken)


def test_an_invalid_flag_has_failed_until_it_is_mended(stage: Stage):
    start = version_now(stage)
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("checkout", segments=BROKEN))
    stage.wait("checkout", Ready="False")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    assert steps(lives(stage, "checkout", start)) == [(1, IN_PROGRESS), (1, FAILED), (2, IN_PROGRESS), (2, CURRENT)]


def test_a_flag_that_waits_for_a_segment_is_in_progress(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    users = [{"name": "us", "segmentRefs": ["us"], "rollout": {"percent": 100}}]
    stage.apply(flag("checkout", segments=users))
    assert kstatus(stage.wait("checkout", Ready="ReferenceMissing")) == IN_PROGRESS
    spec = {"match": [{"attribute": "user.country", "op": "is", "values": ["US"]}]}
    api = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagSegment", "metadata": {"name": "us"}}
    stage.apply({**api, "spec": spec})
    assert kstatus(stage.wait("checkout", Ready="True", Published="True")) == CURRENT


def test_a_flag_without_replicas_is_in_progress(stage: Stage):
    stage.operator()
    stage.apply(flag("checkout"))
    assert kstatus(stage.wait("checkout", Published="NoReplicas")) == IN_PROGRESS


def owners(obj: dict[str, Any]) -> dict[str, set[str]]:
    """Return what each field manager owns, as the names of fields at the top."""
    found: dict[str, set[str]] = {}
    for each in obj["metadata"]["managedFields"]:
        found.setdefault(each["manager"], set()).update(name.removeprefix("f:") for name in each["fieldsV1"])
    return found


def test_status_writes_do_not_conflict_with_a_users_server_side_apply(stage: Stage, tmp_path: Path):
    stage.operator()
    stage.replica("flagd-0")
    manifest = tmp_path / "checkout.yaml"
    apply = ("apply", "--server-side", "--field-manager=ci", "-f", str(manifest))
    for percent in (10, 20, 30):
        manifest.write_text(
            "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: checkout}\n"
            f"spec: {{active: true, variants: [{{key: 'on'}}], allOtherUsers: {{percent: {percent}}}}}\n"
        )
        stage.kubectl(*apply)
        stage.wait("checkout", Published="True")
        # Once more, after our status: no conflict, and nothing is new.
        stage.kubectl(*apply)
    manifest.write_text(stage.kubectl("get", "flag", "checkout", "-o", "yaml"))
    assert stage.kubectl("diff", *apply[1:]) == ""
    found = stage.get("Flag", "checkout")
    assert found["metadata"]["generation"] == 3
    assert owners(found) == {"ci": {"spec"}, "flagoperator": {"status"}}


def manifests() -> list[str]:
    return [word for folder in sorted(EXAMPLES.glob("[0-9]*")) for word in ("-f", str(folder))]


def test_the_examples_stay_as_they_were_applied(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.kubectl("apply", *manifests())
    stage.kubectl(
        "wait", ",".join(kind.plural for kind in KINDS.values()), "--all", "--for=condition=Ready", "--timeout=100s"
    )
    stage.kubectl("wait", "flags", "--all", "--for=condition=Published", "--timeout=100s")
    assert stage.kubectl("diff", *manifests()) == ""
    for kind in KINDS:
        for obj in stage.plane.request(stage.collection(kind))["items"]:
            assert obj["metadata"]["generation"] == 1
            assert not {"finalizers", "ownerReferences", "labels"} & obj["metadata"].keys()
            assert set(obj["metadata"]["annotations"]) == {"kubectl.kubernetes.io/last-applied-configuration"}
            assert owners(obj)["flagoperator"] == {"status"}
            assert kstatus(obj) == CURRENT
