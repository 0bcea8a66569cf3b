"""Flags feel at home in kubectl: explain, columns, short names, categories, waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flagd.manifest import KINDS
from tests.cluster.stage import flag
from tests.installed import Installation, build_wheel

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

EXAMPLES = Path(__file__).parents[2] / "examples"
ASKED = ("--flag", "new-checkout", "--user", '{"user_id": "eve"}')


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("flags", "A feature flag."),
        ("flags.spec.allOtherUsers.percent", "0 to 100 in steps of 0.001"),
        ("flags.spec.variants.testers", "Users who get this variant whatever the targeting says."),
        ("flags.status.published", "How many replicas of how many serve it"),
        ("flagsegments.spec.match.op", "The operator."),
    ],
)
def test_explain_shows_what_a_field_means(stage: Stage, field: str, says: str):
    assert says in " ".join(stage.kubectl("explain", field).split())


def test_get_shows_the_columns_of_a_flag(stage: Stage):
    stage.apply(flag("checkout", 25))
    header, row = stage.kubectl("get", "flags").splitlines()
    assert header.split() == ["NAME", "ACTIVE", "VARIANTS", "ROLLOUT", "READY", "PUBLISHED", "MESSAGE", "AGE"]
    assert row.split()[:2] == ["checkout", "true"]
    wide = stage.kubectl("get", "flags", "-o", "wide").splitlines()[0].split()
    assert wide[6:11] == ["MESSAGE", "BALANCED", "REVISION", "OWNER", "EXPIRES"]


def test_short_names_and_the_category_are_served(stage: Stage):
    stage.apply(flag("checkout"))
    for name in (*(kind.short_name for kind in KINDS.values()), "flagoperator"):
        stage.kubectl("get", name)
    assert "flag.flagoperator.dev/checkout" in stage.kubectl("get", "flagoperator", "-o", "name")


def test_flags_are_selected_by_owner(stage: Stage):
    stage.apply(flag("mine", owner="payments"), flag("theirs", owner="search"))
    found = stage.kubectl("get", "flags", "--field-selector", "spec.owner=payments", "-o", "name")
    assert found.split() == ["flag.flagoperator.dev/mine"]


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What `pip install 'flagoperator[ctl]'` puts on the PATH."""
    return Installation(build_wheel(tmp_path_factory.mktemp("wheel")), tmp_path_factory.mktemp("installation"))


@pytest.mark.parametrize(
    ("words", "expected", "directive"),
    [
        (("fl",), {"flags"}, 4),
        (("flags", "do"), {"doctor"}, 4),
        (("flags", "rollout", "ap"), {"approve"}, 4),
        (("flags", "lint", "--output", ""), {"text", "json", "github", "sarif"}, 4),
        (("flags", "eval", str(EXAMPLES), "--flag", "new-"), {"new-account", "new-checkout"}, 4),
        (("flags", "lint", "ex"), set(), 0),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, tuple) else "",
)
def test_kubectl_completes_the_plugin(
    binaries: Path, plugin: Installation, words: tuple[str, ...], expected: set[str], directive: int
):
    done = plugin.run("ctl", binaries / "kubectl", "__complete", *words)
    *lines, last = done.stdout.splitlines()
    assert ({line.partition("\t")[0] for line in lines}, last) == (expected, f":{directive}"), done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("rollout", "approve", ""), {"basket", "checkout"}),
        (("rollout", "pause", "basket", ""), {"checkout"}),
        (("rollout", "get", "ch"), {"checkout"}),
        (("set", ""), {"basket", "checkout"}),
        (("rollout", "get", "--context", ""), {"test"}),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, tuple) else "",
)
def test_kubectl_completes_the_flags_of_the_cluster(
    stage: Stage, plugin: Installation, words: tuple[str, ...], expected: set[str]
):
    stage.apply(flag("basket"), flag("checkout"))
    where = ("--kubeconfig", stage.plane.admin, "--namespace", stage.namespace)
    at = 2 if words[0] == "rollout" else 1
    asked = (*words[:at], *where, *words[at:])
    done = plugin.run("ctl", stage.plane.kubectl, "__complete", "flags", *asked)
    *lines, last = done.stdout.splitlines()
    assert ({line.partition("\t")[0] for line in lines}, last) == (expected, ":4"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("lint", str(EXAMPLES)), 0, "nothing found"),
        (("eval", str(EXAMPLES), *ASKED), 0, "new-checkout  on"),
        (("explain", str(EXAMPLES), *ASKED), 0, "new-checkout: on (SPLIT)"),
        (("doctor", "--settle", "0"), 1, "there is no Lease flagoperator in namespace"),
        (("lnt",), 2, 'did you mean "lint"?'),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_flagctl_is_a_plugin_of_kubectl(stage: Stage, arguments: tuple[str, ...], code: int, says: str):
    options = ("--operator-namespace", stage.namespace) if arguments[0] == "doctor" else ()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [stage.plane.kubectl, "flags", *arguments, *options],
        env={**os.environ, "KUBECONFIG": str(stage.plane.admin), "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done.stdout + done.stderr


def test_waiting_works_and_sees_no_old_generation_as_published(stage: Stage):
    stage.operator()
    stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    wait = ("wait", "--timeout=100s", "flag/checkout", "--for")
    stage.kubectl(*wait, "condition=Published")
    stage.apply(flag("checkout", 0))
    stage.kubectl(*wait, "jsonpath={.status.observedGeneration}=2")
    stage.kubectl(*wait, "condition=Published")
    assert stage.condition("Flag", "checkout", "Published")["observedGeneration"] == 2
