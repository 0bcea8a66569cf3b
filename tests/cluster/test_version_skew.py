"""Versions that differ by one: what an operator and a flagd of another version tell each other, and keep on disk."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
import yaml

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.cluster.caller import Caller
from tests.cluster.stage import flag
from tests.wire.process import SECONDS

if TYPE_CHECKING:
    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage
    from tests.wire.process import Process

    Program = tuple[str | Path, ...]

ROOT = Path(__file__).resolve().parents[2]
OLDER = "0543af1"
"""The commit before the ruleset stream served clients and counted for guards. Once there is a release, its tag."""
NEW: dict[str, Program] = {name: (Path(sys.executable).with_name(name),) for name in ("flagd", "flagoperator")}
USERS = [
    {"user_id": f"user-{n}", "country": country, "user_properties": {"plan": plan}}
    for n in range(30)
    for country, plan in (("DE", "pro"), ("US", "free"))
]


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sources and examples of an older version."""
    if shutil.which("git") is None:
        pytest.skip("no git here to get an older version with")
    done = subprocess.run(
        ["git", "archive", OLDER, "pyproject.toml", "src", "examples"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(
            f"this clone has no commit {OLDER}, which stands for an older version: {done.stderr.decode()[:200]}"
        )
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def old(older: Path) -> dict[str, Program]:
    """The older programs by name, in the environment of the new ones."""
    scripts = tomllib.loads((older / "pyproject.toml").read_text())["project"]["scripts"]
    return {name: python(older, f"import {scripts[name].split(':')[0]} as program; program.main()") for name in NEW}


def python(older: Path, code: str) -> Program:
    return "env", f"PYTHONPATH={older / 'src'}", sys.executable, "-c", code


def examples(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "examples").glob("*/*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


def answers(stage: Stage, replica: Process) -> list[dict[str, tuple[str, int]]]:
    """Return what each of USERS gets of every flag, and why."""
    with grpc.insecure_channel(replica.listen) as channel:
        stub = EvaluationServiceStub(channel)
        requests = [EvaluateRequest(project=stage.namespace, user=User(**user)) for user in USERS]
        found = [stub.Evaluate(each, timeout=SECONDS).variants for each in requests]
    return [{key: (each.key, each.reason) for key, each in variants.items()} for variants in found]


def start_operator(stage: Stage, program: Program, replicas: int) -> Operator:
    """Start an operator, and wait until it leads and so many replicas know it."""
    operator = stage.operator(program=program)
    stage.until(lambda: operator.state()["leading"] and len(operator.replicas()) == replicas)
    return operator


def end(stage: Stage, operator: Process) -> None:
    operator.signal(signal.SIGTERM)
    operator.wait()
    stage.expire_lease()


def published_to(stage: Stage, percent: int) -> str:
    """Edit the flag; return to how many replicas it was published."""
    stage.apply(flag("edited", percent))
    return str(stage.wait("edited", Published="True")["status"]["published"])


def test_the_older_version_is_the_one_that_runs(older: Path):
    code = "import flagd, flagoperator; print(flagd.__file__, flagoperator.__file__)"
    done = subprocess.run(python(older, code), capture_output=True, text=True, check=True)
    assert all(path.startswith(str(older)) for path in done.stdout.split())


def test_answers_go_on_while_the_operator_is_a_version_ahead_of_flagd_and_behind_it(
    stage: Stage, older: Path, old: dict[str, Program]
):
    replicas = [stage.replica("older", program=old["flagd"]), stage.replica("newer")]
    operator = start_operator(stage, old["flagoperator"], 2)
    stage.apply(*examples(older))
    assert published_to(stage, 100) == "2/2"
    callers = [Caller(replica, stage.namespace, "edited") for replica in replicas]
    with callers[0], callers[1]:
        for percent, programs in ((0, NEW), (100, old), (0, NEW)):
            end(stage, operator)
            operator = start_operator(stage, programs["flagoperator"], 2)
            assert published_to(stage, percent) == "2/2"
            # What the flags refer to may have come after them, and reach one replica before the other.
            stage.until(lambda: answers(stage, replicas[0]) == answers(stage, replicas[1]))
            one = answers(stage, replicas[0])
            assert len({variant for user in one for variant, _ in user.values()}) > 3
    assert {answer for caller in callers for answer in caller.told} == {"on", "off"}


@pytest.mark.parametrize("way", ["forward", "back"])
def test_what_one_version_kept_on_disk_the_other_serves(
    stage: Stage, older: Path, old: dict[str, Program], tmp_path: Path, way: str
):
    before, after = (old, NEW) if way == "forward" else (NEW, old)
    replica = stage.replica("flagd-0", f"--state-dir={tmp_path}", program=before["flagd"])
    operator = start_operator(stage, before["flagoperator"], 1)
    stage.apply(*examples(older))
    assert published_to(stage, 100) == "1/1"
    end(stage, operator)
    wanted = answers(stage, replica)  # only now nothing changes any more
    replica.signal(signal.SIGTERM)
    replica.wait()
    replica = stage.replica("flagd-0", f"--state-dir={tmp_path}", program=after["flagd"])
    replica.ready()
    assert answers(stage, replica) == wanted
