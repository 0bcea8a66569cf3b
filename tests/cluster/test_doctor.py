"""`flagctl doctor` on a real API server: nothing to say while all is well, a sentence for each thing that is broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flagctl.doctor.releases import LABEL
from tests.cluster.control_plane import ControlPlane
from tests.cluster.installation import ACCOUNT, DEFINITIONS, RBAC, SYSTEM, authorize, install
from tests.cluster.stage import Stage, flag

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN = f"{DEFINITIONS}/flagrolloutplans.flagoperator.dev"


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory, binaries: Path) -> Iterator[ControlPlane]:
    """A control plane whose CRDs and rights may be broken; nothing is installed at first."""
    with ControlPlane(tmp_path_factory.mktemp("patient"), binaries) as plane:
        yield plane


def doctor(stage: Stage, *options: str, kubeconfig: Path | None = None) -> tuple[int, str]:
    """Ask the doctor about the namespace of the stage; return the exit code and what it says."""
    where = ("--namespace", stage.namespace, "--operator-namespace", stage.namespace, "--settle", "1")
    account = ("--operator-account", f"{SYSTEM}/{ACCOUNT}")
    done = subprocess.run(
        [Path(sys.executable).parent / "flagctl", "doctor", *where, *account, *options],
        env={**os.environ, "KUBECONFIG": str(kubeconfig or stage.plane.admin), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
        check=False,
    )
    return done.returncode, done.stdout


def expect(stage: Stage, code: int, *sentences: str, options: tuple[str, ...] = ()) -> None:
    """Wait until the doctor says all `sentences`, regular expressions, each in one line."""

    def told() -> bool:
        found, text = doctor(stage, *options)
        return found == code and all(re.search(each, text, re.MULTILINE) for each in sentences)

    stage.until(told, lambda: str(doctor(stage, *options)))


def deployment(stage: Stage, component: str, replicas: int, ready: int, release: str = "0.1.0") -> None:
    """Make a Deployment as the chart does, and say of its pods what its controller would."""
    labels = {"app.kubernetes.io/name": "flagoperator", "app.kubernetes.io/component": component, LABEL: release}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": component, "image": component}]}}
    spec: dict[str, Any] = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": pod}
    metadata = {"name": component, "labels": labels}
    path = f"/apis/apps/v1/namespaces/{stage.namespace}/deployments/{component}"
    whole = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
    stage.plane.apply(path, {**whole, "spec": spec})
    stage.plane.apply(f"{path}/status", {**whole, "status": {"replicas": replicas, "readyReplicas": ready}})


def test_while_all_is_well_nothing_is_wrong(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    expect(
        stage,
        0,
        "^ok .* CRDs: the API server serves all",
        "^ok .* Lease: .* holds ",
        "^ok .* stream: 1 of 1 ready replicas",
        "^ok .* rights: ",
        "^ok .* flags: 1 resource is ready and served",
        "^nothing is wrong$",
    )


def test_an_operator_that_died_is_missed(stage: Stage):
    stage.write_lease(holderIdentity="gone_1", renewTime="2026-01-01T00:00:00.000000Z", leaseDurationSeconds=15)
    stage.apply(flag("banner"))
    expect(
        stage,
        1,
        "^problem .* Lease: gone_1 renewed the Lease .* edits of flags do not go live",
        f"→ kubectl get pods -n {stage.namespace} ",
        f"^problem .* flags: 1 resource has a generation .* not looked at: Flag {stage.namespace}/banner",
    )
    stage.expire_lease()
    expect(stage, 1, "^problem .* Lease: nobody holds the Lease ")


def test_a_namespace_without_an_operator_is_said(stage: Stage):
    expect(stage, 1, "^problem .* Lease: there is no Lease flagoperator in namespace ")


def test_replicas_that_do_not_follow_are_counted(stage: Stage):
    stage.endpoints("flagd", ready=["flagd-0", "flagd-1"], unready=["flagd-2"])
    stage.operator("--evaluation-service", f"{stage.namespace}/flagd")
    stage.replica("flagd-0")
    stage.apply(flag("banner"))
    expect(
        stage,
        1,
        "^problem .* stream: 1 of 2 ready replicas of flagd serve ",
        "^warning .* replicas: behind Service .*/flagd flagd-2 is not ready",
        f"^problem .* flags: Flag {stage.namespace}/banner: not every ready replica has it yet .Publishing",
    )


def test_an_operator_that_no_replica_follows_is_said(stage: Stage):
    stage.operator()
    expect(stage, 1, "^problem .* stream: the operator knows no ready replica of flagd")


def test_pods_that_are_not_ready_are_counted(stage: Stage):
    deployment(stage, "operator", 2, 0)
    deployment(stage, "flagd", 2, 1)
    expect(
        stage,
        1,
        "^problem .* operator: no pod of Deployment .*/operator is ready, of 2",
        "^warning .* replicas: 1 of 2 pods of Deployment .*/flagd are ready",
        "^problem .* replicas: no pod behind Service .*/flagd is ready: callers are refused",
    )
    deployment(stage, "operator", 0, 0)
    expect(stage, 1, "^problem .* operator: Deployment .*/operator is scaled to 0")


def test_parts_of_different_releases_are_named(stage: Stage):
    deployment(stage, "operator", 1, 1, "999.0.0")
    deployment(stage, "flagd", 1, 1, "0.0.9")
    expect(
        stage, 1, "^warning .* versions: CRDs older than operator 999.0.0: .*flags.flagoperator.dev", "flagd is 0.0.9"
    )


def test_a_broken_flag_is_named_with_its_fault(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("banner", segments=[{"name": "s", "segmentRefs": ["nope"], "rollout": {"percent": 5}}]))
    expect(
        stage,
        1,
        f"^problem .* flags: Flag {stage.namespace}/banner: .*there is no FlagSegment 'nope'.* .ReferenceMissing",
        f"→ kubectl describe -n {stage.namespace} flag/banner",
    )


def test_who_may_not_look_is_told_what_stays_unknown(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("banner"))
    stage.wait("banner", Published="True")
    reader = stage.plane.service_account(stage.namespace, "reader")
    code, text = doctor(stage, kubeconfig=reader)
    assert code == 3, text
    for about in ("operator", "replicas", "versions", "Lease", "flags", "rights"):
        assert re.search(f"^unknown .* {about}: cannot be looked at: .*forbidden", text, re.MULTILINE), text


def test_an_api_server_that_does_not_answer_is_3(stage: Stage, tmp_path: Path):
    nobody = tmp_path / "config"
    nobody.write_text(stage.plane.admin.read_text().replace(stage.plane.url, "https://127.0.0.1:9"))
    nobody.chmod(0o600)
    code, text = doctor(stage, kubeconfig=nobody)
    assert (code, text.startswith("Error: GET /"), text.count("\n")) == (3, True, 1), text


def test_the_doctor_writes_nothing(stage: Stage):
    stage.write_lease(holderIdentity="gone_1", renewTime="2026-01-01T00:00:00.000000Z")
    stage.apply(flag("banner"))
    who = stage.plane.user(f"doctor-of-{stage.namespace}", "system:masters")
    doctor(stage, kubeconfig=who)
    done = [each for each in stage.plane.audit() if each["user"]["username"] == f"doctor-of-{stage.namespace}"]
    assert done
    assert {each["objectRef"]["resource"] for each in done if each["verb"] not in ("list", "watch")} == {
        "subjectaccessreviews"
    }


def test_definitions_and_rights_that_are_missing_are_named(patient: ControlPlane):
    with Stage(patient, "patient") as stage:
        expect(stage, 1, "^problem .* CRDs: the API server serves none of our kinds", "→ flagctl crds | kubectl apply")
        install(patient)
        patient.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}", "DELETE")
        expect(
            stage, 1, f"^problem .* rights: system:serviceaccount:{SYSTEM}:{ACCOUNT} may not get, list and watch flags"
        )
        patient.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}-definitions", "DELETE")
        authorize(patient, stage.namespace)
        patient.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}-definitions", "DELETE")
        expect(stage, 1, "^warning .* rights: .* may not get customresourcedefinitions: it works without")
        patient.request(PLAN, "DELETE")
        expect(stage, 1, "^problem .* CRDs: the API server does not serve FlagRolloutPlan")


def test_two_operators_are_to_be_told_apart(patient: ControlPlane):
    with Stage(patient, "one") as stage, Stage(patient, "two") as other:
        for each in (stage, other):
            each.write_lease(holderIdentity="a")
        done = subprocess.run(
            [Path(sys.executable).parent / "flagctl", "doctor", "--settle", "0"],
            env={**os.environ, "KUBECONFIG": str(patient.admin)},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert (done.returncode, "name one with --operator-namespace" in done.stderr) == (1, True), done.stderr
