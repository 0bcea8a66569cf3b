"""flagctl against a real API server: apply, and set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.stage import Stage, flag

OWNER = "team-payments"
SEGMENT = {
    "name": "Canada",
    "match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}],
    "rollout": {"percent": 5},
}


def flagctl(stage: Stage, *arguments: str, manifest: dict[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
    settings = {"KUBECONFIG": str(stage.plane.admin)}
    return program(*arguments, "--namespace", stage.namespace, manifest=manifest, **settings)


def program(
    *arguments: str, manifest: dict[str, Any] | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "flagctl", *arguments],
        env={**os.environ, "NO_COLOR": "1", **settings},
        input=None if manifest is None else yaml.safe_dump(manifest),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def spec(stage: Stage, name: str) -> dict[str, Any]:
    return dict(stage.get("Flag", name)["spec"])


def test_what_plain_kubectl_apply_left_goes_when_the_manifest_no_longer_has_it(stage: Stage, tmp_path: Path):
    file = tmp_path / "flag.yaml"
    file.write_text(yaml.safe_dump(flag("checkout", segments=[SEGMENT], owner=OWNER)))
    stage.kubectl("apply", "-f", str(file))
    done = flagctl(stage, "apply", "-", manifest=flag("checkout"))
    assert done.returncode == 0, done.stderr
    assert not spec(stage, "checkout").keys() & {"segments", "owner"}
    assert "last-applied" not in str(stage.get("Flag", "checkout")["metadata"].get("annotations"))


def test_fields_that_somebody_else_set_are_named(stage: Stage):
    assert flagctl(stage, "apply", "-", manifest=flag("checkout")).returncode == 0
    stage.kubectl("patch", "flag", "checkout", "--type=merge", "--patch", '{"spec": {"owner": "ops"}}')
    done = flagctl(stage, "apply", "-", manifest=flag("checkout"))
    assert "spec.owner, which is not in the manifest: kubectl-patch set it" in done.stderr


def test_a_conflict_says_how_to_win_it(stage: Stage):
    assert flagctl(stage, "apply", "-", manifest=flag("checkout")).returncode == 0
    stage.kubectl("patch", "flag", "checkout", "--type=merge", "--patch", '{"spec": {"active": false}}')
    done = flagctl(stage, "apply", "-", manifest=flag("checkout"))
    assert (done.returncode, "kubectl-patch" in done.stderr) == (1, True)
    assert "--force-conflicts takes these fields over" in done.stderr
    assert flagctl(stage, "apply", "-", "--force-conflicts", manifest=flag("checkout")).returncode == 0


def test_apply_says_which_users_an_edit_moves(stage: Stage):
    def slots(*names: str) -> dict[str, Any]:
        shares = [{"name": name, "percent": 50} for name in names]
        return {**flag("people"), "kind": "FlagGroup", "spec": {"type": "MutualExclusion", "slots": shares}}

    def variants(*keys: str) -> dict[str, Any]:
        return flag("checkout", variants=[{"key": key} for key in keys])

    for before, after, title in (
        (slots("one", "two"), slots("two", "one"), "flaggroup/people"),
        (variants("a", "b"), variants("b", "a"), "flag/checkout"),
    ):
        assert "UsersMove" not in flagctl(stage, "apply", "-", manifest=before).stderr
        said = flagctl(stage, "apply", "-", manifest=after).stderr
        assert f"warning: {title}: this edit moves users in All Other Users: 100.00%" in said


def test_waiting_ends_with_the_reason_where_the_operator_refuses(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    broken = flag("checkout", segments=[{"name": "s", "segmentRefs": ["nope"], "rollout": {"percent": 5}}])
    done = flagctl(stage, "apply", "-", "--wait", "--timeout", "80", manifest=broken)
    assert done.returncode == 1
    assert "there is no FlagSegment 'nope'" in done.stderr
    assert "[ReferenceMissing]" in done.stderr


def test_a_warning_of_the_operator_is_shown(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    done = flagctl(stage, "apply", "-", "--wait", manifest=flag("checkout", deployments=["webb"]))
    assert done.returncode == 0, done.stderr
    assert "warning: flag/checkout: " in done.stderr
    assert "webb" in done.stderr


def test_a_namespace_that_is_not_there_is_to_be_created(stage: Stage):
    manifest = flag("checkout")
    manifest["metadata"]["namespace"] = "no-such-namespace"
    done = flagctl(stage, "apply", "-", manifest=manifest)
    assert "create the namespace first" in done.stderr


def test_a_live_flag_is_set_by_name_and_its_manager_is_named(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    assert flagctl(stage, "apply", "-", manifest=flag("checkout", segments=[SEGMENT])).returncode == 0
    done = flagctl(stage, "set", "checkout", "--active=false", "--wait")
    assert done.stdout.startswith("flag/checkout: active true → false, generation 2\n")
    assert "is served by every ready replica" in done.stdout
    assert "flagctl manages spec.active: change the manifest too, or it puts this back" in done.stderr
    done = flagctl(stage, "set", "checkout", "--segment", "Canada", "--percent", "0.5")
    assert "segments[Canada].rollout.percent 5 → 0.5, generation 3" in done.stdout
    assert spec(stage, "checkout")["segments"][0]["rollout"] == {"percent": "0.5"}
    assert "so already" in flagctl(stage, "set", "checkout", "--active=false").stdout


def test_a_flag_is_set_by_its_key_too(stage: Stage):
    stage.apply(flag("checkout-v2", key="checkout"))
    assert flagctl(stage, "set", "checkout", "--percent", "7").returncode == 0
    assert spec(stage, "checkout-v2")["allOtherUsers"]["percent"] == 7
    done = flagctl(stage, "set", "chekout", "--percent", "7")
    assert (done.returncode, 'did you mean "checkout"?' in done.stderr) == (1, True)


def test_a_percentage_of_a_flag_with_a_ramp_is_its_goal(stage: Stage):
    stage.apply(flag("checkout", 0, ramp={"plan": "standard"}))
    done = flagctl(stage, "set", "checkout", "--percent", "50")
    assert "it has a ramp: this is its goal, it stands at 0; `kubectl get flags -w` shows where" in done.stderr


def test_a_percentage_that_is_none_is_refused(stage: Stage):
    stage.apply(flag("checkout"))
    done = flagctl(stage, "set", "checkout", "--percent", "101")
    assert (done.returncode, "spec.allOtherUsers.percent" in done.stderr) == (1, True)


def test_a_cluster_is_compared_with_files(stage: Stage, tmp_path: Path):
    assert flagctl(stage, "apply", "-", manifest=flag("checkout", segments=[SEGMENT])).returncode == 0
    file = tmp_path / "flag.yaml"
    file.write_text(yaml.safe_dump(flag("checkout", segments=[SEGMENT])))
    same = flagctl(stage, "diff", "--cluster", str(file))
    assert (same.returncode, same.stdout) == (0, "nothing differs\n"), same.stderr
    raised = {**SEGMENT, "rollout": {"percent": 25}}
    file.write_text(yaml.safe_dump(flag("checkout", segments=[raised])))
    done = flagctl(stage, "diff", "--cluster", str(file))
    assert (done.returncode, "checkout: Canada 5 % → 25 %;" in done.stdout) == (1, True), done.stdout + done.stderr
    counted = flagctl(stage, "impact", "--cluster", str(file), "--no-switch")
    assert (counted.returncode, "joins" in counted.stdout) == (0, True), counted.stdout + counted.stderr


@pytest.mark.parametrize("context", ["prod", "arn:aws:eks:eu-west-1:1:cluster/prod"])
def test_a_cluster_is_either_side_by_its_context_and_namespace(stage: Stage, tmp_path: Path, context: str):
    with Stage(stage.plane, f"b-{stage.namespace[-55:]}") as prod:
        stage.apply(flag("checkout", 25))
        prod.apply(flag("checkout", 5))
        settings = yaml.safe_load(stage.plane.admin.read_text())
        settings["contexts"] += [
            {**each, "name": name} for each in settings["contexts"] for name in ("staging", context)
        ]
        kubeconfig = tmp_path / "config"
        kubeconfig.write_text(yaml.safe_dump(settings))
        file = tmp_path / "flag.yaml"
        file.write_text(yaml.safe_dump({**flag("checkout", 5), "metadata": {"name": "checkout", "namespace": "x"}}))
        sides = f"cluster:staging/{stage.namespace}", f"cluster:{context}/{prod.namespace}"
        done = program("diff", *sides, "--kubeconfig", str(kubeconfig))
        assert f"{prod.namespace}/checkout: All Other Users 25 % → 5 %" in done.stdout, done.stderr
        done = program("impact", *sides[::-1], "--kubeconfig", str(kubeconfig))
        assert (done.returncode, "20 %            joins" in done.stdout) == (0, True), done.stdout + done.stderr
        done = program("diff", sides[1], str(file), "--kubeconfig", str(kubeconfig))
        assert (done.returncode, done.stdout) == (0, "nothing differs\n"), done.stderr
        both = f"cluster:{context}", "cluster:staging"
        done = program("diff", *both, "--kubeconfig", str(kubeconfig), "--namespace", prod.namespace)
        assert (done.returncode, done.stdout) == (0, "nothing differs\n"), done.stderr


def test_a_context_that_is_not_there_is_named(stage: Stage, tmp_path: Path):
    done = flagctl(stage, "diff", "cluster:nowhere", str(tmp_path))
    assert (done.returncode, "there is no context 'nowhere'; there are" in done.stderr) == (3, True)


def test_a_flag_is_stale_since_everybody_got_the_same(stage: Stage):
    stage.operator()
    stage.replicas()
    stage.apply(flag("banner", owner="team-web"))
    settled = stage.wait("banner", Published="True")["status"]
    assert settled["settledOn"]["variant"] == "on"
    stage.until(lambda: "everybody gets" in flagctl(stage, "stale", "--since", "1s").stdout)
    assert flagctl(stage, "stale", "--since", "30d").stdout == ""
    stage.apply(flag("banner", owner="team-ops"))
    assert stage.wait("banner", Published="True")["status"]["settledSince"] == settled["settledSince"]
    stage.apply(flag("banner", 50))
    assert "settledSince" not in stage.wait("banner", Published="True")["status"]
    assert flagctl(stage, "stale", "--since", "1s").stdout == ""
