"""The pipelines in integrations/ run: their commands word for word, their YAML against the tools' own schemas."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.chart.judge import from_module, made, run
from tests.cluster.installation import DEFINITIONS, create, make_namespace
from tests.cluster.workflow import ROOT, Checkout, Workflow
from tests.wire.process import eventually

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

INTEGRATIONS = ROOT / "integrations"
ENVIRONMENTS = ("dev", "staging", "prod")
MODULES = {
    "github.com/argoproj/argo-cd/v2@v2.14.11": "manifests/crds/application*-crd.yaml",
    "github.com/fluxcd/kustomize-controller@v1.7.3": "config/crd/bases/*.yaml",
    "github.com/fluxcd/source-controller@v1.8.5": "config/crd/bases/*_gitrepositories.yaml",
}
"""Where the tools' own schemas are. Those of Kargo are not: the module proxy answers 403, "not available"."""
FILES = ("argocd/application.yaml", "argocd/applicationset.yaml", "flux/flags.yaml", "flux/health.yaml")


@pytest.fixture
def checkout(tmp_path: Path, binaries: Path) -> Checkout:
    return Checkout(tmp_path / "shop", binaries)


def documents(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((INTEGRATIONS / file).read_text()))


def test_a_pull_request_is_told_whom_it_moves_in_every_environment(checkout: Checkout):
    workflow = Workflow(checkout)
    checkout.run(
        "git checkout -q -b raise && sed -i 's/percent: 5/percent: 25/' flags/overlays/staging/new-checkout.yaml"
    )
    checkout.run("cp -r flags/overlays/prod flags/overlays/asia")
    checkout.run("sed -i 's/shop-prod/shop-asia/' flags/overlays/asia/kustomization.yaml")
    checkout.commit("Raise staging, and begin in Asia")
    comment = workflow.run("main")
    staging = comment.partition("### staging")[2]
    assert "All Other Users 5 % → 25 %" in staging
    assert "nobody moves between variants" in staging
    assert "| All Other Users | off | on | 20 % | joins |" in staging
    assert "nothing differs" in comment.partition("### prod")[2].partition("### staging")[0]
    assert "`shop-asia/new-checkout` | added" in comment


def test_a_pull_request_that_moves_too_many_users_fails_and_still_says_whom(checkout: Checkout):
    users = "\n".join(json.dumps({"user_id": f"user-{number}"}) for number in range(200))
    (checkout.folder / "flags" / "users.jsonl").write_text(users)
    checkout.commit("Add users")
    workflow = Workflow(checkout)
    checkout.run(
        "git checkout -q -b raise && sed -i 's/percent: 5/percent: 75/' flags/overlays/staging/new-checkout.yaml"
    )
    checkout.commit("Raise staging")
    assert "of the users join, more than 30 % (--max-join)" in workflow.run("main", passes=False)


@pytest.mark.parametrize(
    "workflow", [INTEGRATIONS / "github" / "flags.yaml", *(ROOT / ".github").rglob("*.yml")], ids=lambda path: path.stem
)
def test_a_workflow_is_one_that_github_takes(workflow: Path):
    actionlint = from_module("github.com/rhysd/actionlint", "v1.7.7", "./cmd/actionlint")
    run(actionlint, "-no-color", "-shellcheck=", workflow)


def test_the_hook_checks_the_manifests_of_a_commit(checkout: Checkout):
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    ((repo,),) = yaml.safe_load((INTEGRATIONS / "pre-commit" / ".pre-commit-config.yaml").read_text()).values()
    (used,) = repo["hooks"]
    assert used["id"] == hook["id"]
    command = " ".join([hook["entry"], *used["args"]])
    checkout.run(command)
    checkout.run("sed -i 's/percent: 0/percentt: 0/' flags/base/new-checkout.yaml")
    assert "did you mean `percent`?" in checkout.run(command, code=1)


def test_overlays_differ_in_percent_and_plan_alone(checkout: Checkout):
    specs = {}
    for environment in ENVIRONMENTS:
        built = checkout.run(f"kubectl kustomize flags/overlays/{environment}")
        found = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(built)}
        assert {each["metadata"]["namespace"] for each in found.values()} == {f"shop-{environment}"}
        specs[environment] = found["Flag", "new-checkout"]["spec"]
        checkout.run(f"kubectl kustomize flags/overlays/{environment} | flagctl lint - --warnings-as-errors")
    percents = [spec.pop("allOtherUsers") | spec.pop("ramp") for spec in specs.values()]
    assert specs["dev"] == specs["staging"] == specs["prod"]
    assert [(each["percent"], each["plan"]) for each in percents] == [(100, "fast"), (5, "fast"), (1, "careful")]


def schemas() -> Path:
    """Return a folder with the definitions of the tools' kinds, downloaded once."""

    def make(folder: Path) -> None:
        for module, pattern in MODULES.items():
            found = Path(json.loads(run("go", "mod", "download", "-json", module))["Dir"])
            for crd in found.glob(pattern):
                shutil.copyfile(crd, folder / crd.name)

    digest = hashlib.sha256(json.dumps(MODULES).encode()).hexdigest()[:12]
    return made(f"pipeline-schemas-{digest}", make)


def test_argo_cd_and_flux_take_what_is_theirs(plane: ControlPlane):
    kinds = {}
    for crd in map(yaml.safe_load, (path.read_text() for path in sorted(schemas().glob("*.yaml")))):
        create(plane, DEFINITIONS, crd)
        kinds[crd["spec"]["names"]["kind"]] = crd["spec"]["names"]["plural"]
    for obj in (each for file in FILES for each in documents(file)):
        namespace, plural = obj["metadata"]["namespace"], kinds[obj["kind"]]
        make_namespace(plane, namespace)
        path = f"/apis/{obj['apiVersion']}/namespaces/{namespace}/{plural}"
        eventually(lambda path=path: is_served(plane, path))
        whole = completed(obj) if "healthCheckExprs" in obj.get("spec", {}) else obj
        plane.request(f"{path}?dryRun=All&fieldValidation=Strict", "POST", whole)


def is_served(plane: ControlPlane, path: str) -> bool:
    try:
        plane.request(f"{path}?limit=1")
    except OSError:  # not yet
        return False
    return True


def completed(health: dict[str, Any]) -> dict[str, Any]:
    """Return the checks of health.yaml in a Kustomization that names a source, into which they are put."""
    flags = next(each for each in documents("flux/flags.yaml") if each["metadata"]["name"] == "flags-staging")
    return {**flags, "spec": flags["spec"] | health["spec"]}


def test_every_path_that_a_pipeline_names_is_there(checkout: Checkout):
    (application,) = documents("argocd/application.yaml")
    (every,) = documents("argocd/applicationset.yaml")
    template = every["spec"]["template"]["spec"]["source"]["path"]
    elements = [each["environment"] for each in every["spec"]["generators"][0]["list"]["elements"]]
    steps = [step["matchExpressions"][0]["values"] for step in every["spec"]["strategy"]["rollingSync"]["steps"]]
    assert [[each] for each in elements] == steps
    paths = [application["spec"]["source"]["path"]]
    paths += [template.replace("{{.environment}}", each) for each in elements]
    paths += [each["spec"]["path"] for each in documents("flux/flags.yaml") if "path" in each["spec"]]
    assert all((checkout.folder / path / "kustomization.yaml").is_file() for path in paths)


def test_kargo_carries_the_value_that_is_in_the_files(checkout: Checkout):
    stage = documents("kargo/stages.yaml")[-1]
    steps = {step["uses"]: step["config"] for step in stage["spec"]["promotionTemplate"]["spec"]["steps"]}
    (output,), (update,) = steps["yaml-parse"]["outputs"], steps["yaml-update"]["updates"]
    assert output["fromExpression"] == update["key"]
    for config in (steps["yaml-parse"], steps["yaml-update"]):
        value = yaml.safe_load((checkout.folder / config["path"].split("/", 2)[2]).read_text())
        for name in update["key"].split("."):
            value = value[name]
        assert isinstance(value, int)


def test_kargo_may_update_the_application_that_it_names():
    project, _, staging, _ = documents("kargo/stages.yaml")
    (application,) = documents("argocd/application.yaml")
    (step,) = staging["spec"]["promotionTemplate"]["spec"]["steps"]
    assert step["config"]["apps"] == [{"name": application["metadata"]["name"]}]
    named = f"{project['metadata']['name']}:{staging['metadata']['name']}"
    assert application["metadata"]["annotations"]["kargo.akuity.io/authorized-stage"] == named


def test_kargo_asks_for_nothing_where_nothing_was_committed():
    steps = documents("kargo/stages.yaml")[-1]["spec"]["promotionTemplate"]["spec"]["steps"]
    names = [step["uses"] for step in steps]
    commit = names.index("git-commit")
    assert steps[commit]["as"] == "commit"
    assert {step["if"] for step in steps[commit + 1 :]} == {"${{ status('commit') == 'Succeeded' }}"}
