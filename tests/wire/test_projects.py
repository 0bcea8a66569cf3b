"""Which project a call means, at every door, whatever else is in the folder, added or deleted."""

import http.client
import json
from itertools import chain

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from flagd.transport.envoy import missing
from tests.wire.conftest import running
from tests.wire.doors import ALL, AMPLITUDE, ONE, Asked
from tests.wire.process import Flagd, eventually

DOORS = [
    *((f"one: {name}", door) for name, door in ONE.items()),
    *((f"all: {name}", door) for name, door in ALL.items()),
]
NAMELESS = [*DOORS, *AMPLITUDE.items()]
NEEDED = "project: required; name it in the call, or start flagd with --default-project"
NOBODY = "this server serves no project"


def _flag(project, variant="on"):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: checkout, namespace: {project}}}
spec: {{active: true, variants: [{{key: {variant}}}], allOtherUsers: {{percent: 100}}}}
---"""


def _serve(folder, *projects):
    for project in projects:
        (folder / f"{project}.yaml").write_text(_flag(project, f"of-{project}"))


@pytest.fixture(scope="module", autouse=True)
def _envoy():
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A process that serves several projects, `default` among them."""
    folder = tmp_path_factory.mktemp("several")
    _serve(folder, "default", "defualt", "shop")
    with running(folder, "--transport", "envoy") as process:
        yield process


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """A process that serves several projects, of which its configuration names one."""
    folder = tmp_path_factory.mktemp("chosen")
    _serve(folder, "default", "billing", "shop")
    with running(folder, "--transport", "envoy", "--default-project", "shop") as process:
        yield process


@pytest.fixture(scope="module")
def ambiguous(tmp_path_factory):
    """A process that serves several projects, none of which is the default."""
    folder = tmp_path_factory.mktemp("ambiguous")
    _serve(folder, "billing", "shop")
    with running(folder, "--transport", "envoy") as process:
        yield process


def _answers(process, doors, project=None):
    return {name: door(Asked(process.listen, project=project)) for name, door in doors}


def _without(answers, text):
    """Return the answers that do not hold `text`; one of another type than asked for says only that."""
    return {name: answer for name, answer in answers.items() if text not in answer and "type mismatch" not in answer}


def test_a_second_namespace_takes_nobody_to_the_defaults(several):
    assert _without(_answers(several, NAMELESS), "of-default") == {}


def test_the_configured_project_is_meant_at_every_door(chosen):
    assert _without(_answers(chosen, NAMELESS), "of-shop") == {}


def test_a_project_that_is_named_is_meant_at_every_door(several):
    assert _without(_answers(several, DOORS, "shop"), "of-shop") == {}


def test_where_nothing_says_which_project_every_door_names_the_option(ambiguous):
    assert _without(_answers(ambiguous, NAMELESS), NEEDED) == {}


@pytest.mark.parametrize("selector", ["shop", "flagSetId=shop"])
def test_a_selector_is_the_name_of_a_project(several, selector):
    connection = http.client.HTTPConnection(several.listen, timeout=20)
    connection.request("POST", "/ofrep/v1/evaluate/flags/checkout", "{}", {"flagd-selector": selector})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["variant"] == "of-shop"


@pytest.mark.parametrize("projects", [["shop"], ["default"], ["default", "shop"]])
def test_the_last_flag_of_a_project_is_deleted_and_every_door_says_that_there_is_no_flag(tmp_path, projects):
    _serve(tmp_path, *projects)
    with running(tmp_path, "--transport", "envoy") as process:
        for project in projects[::-1]:
            (tmp_path / f"{project}.yaml").unlink()
            process.said(f"project {project} is gone")
        for project in (None, *projects):
            _expect_no_flag(process, project)
        assert process.get("/readyz")[0] == 200
        process.said(f"no flags in {tmp_path}")


def _expect_no_flag(process, project):
    for name, door in ONE.items():
        answer = door(Asked(process.listen, project=project))
        assert any(word in answer for word in ("FLAG_NOT_FOUND", "unknown flag")), (name, answer)
    for name, door in chain(ALL.items(), AMPLITUDE.items() if project is None else ()):
        answer = door(Asked(process.listen, project=project))
        assert not any(word in answer for word in ("of-", "rror", "NOT_FOUND")), (name, answer)


def test_a_server_without_any_project_is_not_ready_and_says_so_at_both_ends(tmp_path):
    process = Flagd(tmp_path, "--transport", "envoy")
    try:
        process.said(f"no flags in {tmp_path}")
        status, page = process.get("/readyz")
        assert (status, json.loads(page)["reason"]) == (503, f"{NOBODY}: no flags in {tmp_path}")
        assert process.get("/healthz")[0] == 200
        assert _without(_answers(process, NAMELESS), NOBODY) == {}
        assert _without(_answers(process, DOORS, "shop"), NOBODY) == {}
        assert {answer[:3] for answer in _answers(process, AMPLITUDE.items()).values()} == {"503"}
        assert _health(process) == HealthCheckResponse.NOT_SERVING
        _serve(tmp_path, "shop")
        process.ready()
        assert _without(_answers(process, NAMELESS), "of-shop") == {}
        assert _health(process) == HealthCheckResponse.SERVING
    finally:
        process.stop()


def _health(process):
    with grpc.insecure_channel(process.listen) as channel:
        return HealthStub(channel).Check(HealthCheckRequest(service="flagd.v1.EvaluationService")).status


def test_a_restart_knows_the_projects_that_the_last_good_state_holds_and_the_folder_lost_only_while_it_cannot_be_read(
    tmp_path,
):
    folder, state = tmp_path / "flags", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    _serve(folder, "shop")
    with running(folder, "--transport", "envoy", "--state-dir", state):
        pass
    (folder / "shop.yaml").unlink()
    process = Flagd(folder, "--transport", "envoy", "--state-dir", state)
    try:
        process.said(f"no flags in {folder}")
        eventually(lambda: process.get("/readyz")[0] == 503)
    finally:
        process.stop()
