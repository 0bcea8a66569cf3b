"""The way of a percentage: a pull request, staging, its ramp, prod. Git holds all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.cluster.ramping import HOUR, USERS, Ramping
from tests.cluster.stage import Stage
from tests.cluster.workflow import Checkout, Workflow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane

FLAG = "new-checkout"
APPLY = "kubectl kustomize flags/overlays/{0} | flagctl apply - --context {0}"
PROMOTE = "flagctl promote --from flags/overlays/staging --to flags/overlays/prod --only percent"
GATES = "--require-rolled-out --context staging"


def contexts(plane: ControlPlane, folder: Path) -> Path:
    """Return a kubeconfig with a context for each environment."""
    settings = yaml.safe_load(plane.admin.read_text())
    (admin,) = settings["contexts"]
    settings["contexts"] = [
        {"name": name, "context": {**admin["context"], "namespace": f"shop-{name}"}} for name in ("staging", "prod")
    ]
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(settings))
    return file


def admitted(ramping: Ramping, stage: Stage) -> set[str]:
    """Return who gets the flag in the namespace of `stage`, once both replicas say the same."""

    def agreed() -> list[set[str]]:
        one, other = (
            {user for user in USERS if stage.variant(replica, FLAG, user) == "on"}
            for replica in ramping.replicas.values()
        )
        return [one] if one == other else []

    return stage.until(agreed)[0]


def stands(stage: Stage, percent: str, rolled_out: str) -> None:
    """Wait until the flag stands at `percent`, with this status or reason of RolledOut."""

    def there() -> bool:
        return stage.get("Flag", FLAG).get("status", {}).get("effective", {}).get("percent") == percent

    stage.until(there, lambda: str(stage.get("Flag", FLAG).get("status")))
    stage.wait(FLAG, RolledOut=rolled_out)


@pytest.mark.long
def test_a_percentage_goes_from_a_pull_request_through_staging_to_prod(
    plane: ControlPlane, binaries: Path, tmp_path: Path
):
    with Stage(plane, "shop-staging") as staging, Stage(plane, "shop-prod") as prod:
        ramping = Ramping(staging, tmp_path, "--namespaces", "shop-staging,shop-prod")
        shop = Checkout(tmp_path / "shop", binaries, {"KUBECONFIG": str(contexts(plane, tmp_path))})
        shop.run(APPLY.format("staging"))
        shop.run(APPLY.format("prod"))
        stands(staging, "5", "Holding")
        stands(prod, "1", "Holding")
        ramping.after(HOUR)
        stands(staging, "5", "True")
        stands(prod, "1", "True")
        few = admitted(ramping, prod)

        shop.run("git checkout -q -b raise && sed -i 's/percent: 5/percent: 25/' flags/overlays/staging/*.yaml")
        shop.commit("Raise staging")
        comment = Workflow(shop).run("main")
        assert "| All Other Users | off | on | 20 % | joins |" in comment.partition("### staging")[2]
        shop.run("git checkout -q main && git merge -q --no-ff -m 'Merge raise' raise")

        assert "staging has another allOtherUsers than" in shop.run(f"{PROMOTE} {GATES}", code=1)
        shop.run(APPLY.format("staging"))
        ramping.wait("Holding", "25", FLAG)
        assert "staging says RolledOut=False: 25 % until" in shop.run(f"{PROMOTE} {GATES}", code=1)
        ramping.after(HOUR)
        stands(staging, "25", "True")
        assert "and --min-age is 30d" in shop.run(f"{PROMOTE} {GATES} --min-age 30d", code=1)

        shop.run(f"{PROMOTE} {GATES} --write")
        assert "nothing to promote" in shop.run(f"{PROMOTE} {GATES}")
        counted = shop.run("flagctl impact cluster:prod <(kubectl kustomize flags/overlays/prod) --no-switch")
        assert ["off", "on", "24", "%", "joins"] in [line.split()[-5:] for line in counted.splitlines()]
        shop.commit("Promote new-checkout to prod")
        changed = shop.run("git show --format= --unified=0 | grep '^[+-] '")
        assert [line.split() for line in changed.splitlines()] == [["-", "percent:", "1"], ["+", "percent:", "25"]]

        shop.run(APPLY.format("prod"))
        stands(prod, "10", "Holding")
        assert few < admitted(ramping, prod)
        ramping.after(6 * HOUR)
        stands(prod, "25", "Holding")
        ramping.after(24 * HOUR)
        stands(prod, "25", "True")
        assert admitted(ramping, prod) == admitted(ramping, staging)
        assert "new-checkout: ramp.plan fast → careful" in shop.run("flagctl diff cluster:staging cluster:prod", code=1)
