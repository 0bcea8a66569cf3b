"""docs/operator.md, and README of a cluster, show what a terminal shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from click import Context

from flagd.cli import serve
from flagoperator.cli import run
from flagoperator.run.operator import Operator
from flagoperator.run.options import Options
from tests.cluster.stage import flag
from tests.docs.page import ROOT, blocks, commands, pattern

if TYPE_CHECKING:
    from tests.cluster.stage import Stage
    from tests.docs.page import Command

PAGE = Path("docs/operator.md")
README = Path("README.md")


def shown(first: str, page: Path = PAGE) -> list[Command]:
    """Return the commands of the block of `page` that begins with the command `first`."""
    return next(commands(block) for block in blocks(page) if block.text.startswith(f"$ {first}"))


def test_run_cluster_shows_what_the_pages_show(binaries: Path):
    script = ROOT / "scripts" / "run_cluster.py"
    done = subprocess.run(
        [sys.executable, script, "--once"],
        env={**os.environ, "KUBEBUILDER_ASSETS": str(binaries), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for session in (shown("kubectl wait"), shown("kubectl get flags", README)):
        compare(session, done.stdout)


def compare(session: list[Command], output: str) -> None:
    """Find the commands of `session` in `output`, in their order, each with what it prints."""
    rest = output
    for command in session:
        expected = re.compile(pattern((f"$ {command.text}", *command.output)).pattern.rstrip())
        found = expected.search(rest)
        assert found, f"line {command.line}: $ {command.text}\n{output}"
        rest = rest[found.end() :]


def apply(stage: Stage, name: str, manifest: dict, folder: Path) -> str:
    """Run the command of the page for the file `name`; return the session."""
    (folder / name).write_text(yaml.safe_dump(manifest))
    done = subprocess.run(
        [Path(sys.executable).parent / "flagctl", "apply", name, "--wait", "--namespace", stage.namespace],
        cwd=folder,
        env={**os.environ, "KUBECONFIG": str(stage.plane.admin), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def test_apply_waits_as_the_page_shows(stage: Stage, tmp_path: Path):
    operator = stage.operator()
    for number in range(2):
        stage.replica(f"flagd-{number}")
    stage.until(lambda: len(operator.replicas()) == 2)
    (command,) = shown("flagctl apply checkout.yaml")
    assert pattern(command.output).fullmatch(apply(stage, "checkout.yaml", flag("checkout"), tmp_path))


def test_apply_says_why_it_is_not_served(stage: Stage, tmp_path: Path):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("checkout-old", key="checkout"))
    created = stage.wait("checkout-old", Published="True")["metadata"]["creationTimestamp"]
    stage.until(lambda: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) > created)  # the oldest wins, by the second
    said = apply(stage, "broken.yaml", flag("checkout"), tmp_path)
    (command,) = shown("flagctl apply broken.yaml")
    assert pattern(command.output).fullmatch(said), said


def test_the_pod_that_the_page_shows_may_subscribe(stage: Stage):
    """The API server takes it, flagd knows its options, and its token is what the operator of the page asks for."""
    shown_yaml = next(block.text for block in blocks(PAGE) if block.language == "yaml" and "projected" in block.text)
    spec = yaml.safe_load(shown_yaml)["spec"]
    stage.plane.token(stage.namespace, spec["serviceAccountName"])
    path = f"/api/v1/namespaces/{stage.namespace}/pods?dryRun=All"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "flagd-0"}, "spec": spec}
    made = stage.plane.request(path, "POST", pod)["spec"]
    (volume,) = made["volumes"]
    token, certificates = volume["projected"]["sources"]
    (container,) = made["containers"]
    (mount,) = container["volumeMounts"]
    options = dict(argument.removeprefix("--").split("=") for argument in container["args"][1:])
    assert options.keys() <= {each.name.replace("_", "-") for each in serve.params}
    assert options["operator-token-file"] == f"{mount['mountPath']}/{token['serviceAccountToken']['path']}"
    assert options["operator-ca"] == f"{mount['mountPath']}/{certificates['secret']['items'][0]['path']}"
    assert {each["name"] for each in container["env"]} <= {each.envvar for each in serve.params}
    assert token["serviceAccountToken"]["audience"] == Options().token_audience
    (line,) = re.findall(r"^flagoperator run (.*--subscribers .*)$", (ROOT / PAGE).read_text(), re.MULTILINE)
    arguments = run.make_parser(Context(run)).parse_args(line.split())[0]
    namespace = options["operator"].split(".")[1]
    assert arguments["subscribers"] == f"{namespace}/{spec['serviceAccountName']}"
    assert arguments["listen"].rpartition(":")[2] == options["operator"].rpartition(":")[2]


def test_every_option_is_documented():
    table = [line for line in (ROOT / PAGE).read_text().splitlines() if line.startswith("| `--")]
    documented = {name for line in table for name in re.findall(r"`(--[a-z-]+)`", line.split("|")[1])}
    assert documented == {each.opts[0] for each in run.params}


def test_every_metric_is_documented(stage: Stage):
    documented = set(re.findall(r"^\| `(flagoperator_\w+)` \|", (ROOT / PAGE).read_text(), re.MULTILINE))
    operator = Operator(Options(kubeconfig=stage.kubeconfig))
    operator._model.metrics.crds_outdated = 0  # absent until it is known
    text = operator._metrics_page.render()
    exposed = set(re.findall(r"^# TYPE (flagoperator_\w+) ", text.decode(), re.MULTILINE))
    assert documented == exposed
