"""The alerts, judged by promtool: each fires for what it is about, and is quiet while all is well."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.chart.helm import CHART
from tests.chart.judge import from_debian

if TYPE_CHECKING:
    from pathlib import Path

FILE = CHART / "files" / "alerts.yaml"
RULES = {rule["alert"]: rule for group in yaml.safe_load(FILE.read_text())["groups"] for rule in group["rules"]}
MINUTES = 60
WHERE, POD, PROJECT = "flags", "flagd-1", "shop"
RPC = "flagd_rpc_duration_seconds_count"
RISES, STAYS = "0+1x60", "5+0x60"  # of a counter, in an hour
YES, NO = "1+0x60", "0+0x60"
# What fires an alert, what does not, and the labels that say where; all series have namespace and pod.
CASES: dict[str, tuple[dict[str, str], dict[str, str], tuple[str, ...]]] = {
    "FlagdStale": ({"flagd_ruleset_stale": YES}, {"flagd_ruleset_stale": "1+0x3 0+0x60"}, ("namespace", "project")),
    "FlagdReplicasDiffer": (
        {'flagd_ruleset_info{revision="a"}': YES, 'flagd_ruleset_info{revision="b", pod="flagd-2"}': YES},
        {'flagd_ruleset_info{revision="a"}': YES, 'flagd_ruleset_info{revision="a", pod="flagd-2"}': YES},
        ("namespace", "project"),
    ),
    "FlagdWithoutPublisher": ({"flagd_publishers": NO}, {"flagd_publishers": YES}, ("namespace", "pod", "project")),
    "FlagdRefusesCallers": ({"flagd_accepting": NO}, {"flagd_accepting": YES}, ("namespace", "pod")),
    "FlagdCallsRefused": ({"flagd_calls_refused_total": RISES}, {"flagd_calls_refused_total": STAYS}, ("namespace",)),
    "FlagdInternalErrors": (
        {f'{RPC}{{code="INTERNAL"}}': RISES},
        {f'{RPC}{{code="INTERNAL"}}': STAYS, f'{RPC}{{code="OK"}}': RISES},
        ("namespace",),
    ),
    "FlagdUnknownFlags": (
        {"flagd_unknown_flags_total": RISES},
        {"flagd_unknown_flags_total": STAYS},
        ("namespace", "project"),
    ),
    "FlagdUpdatesRefused": (
        {'flagd_updates_total{result="oversize"}': RISES},
        {'flagd_updates_total{result="refused"}': STAYS, 'flagd_updates_total{result="applied"}': RISES},
        ("namespace", "pod"),
    ),
    "FlagdStateNotKept": (
        {"flagd_state_errors_total": RISES},
        {"flagd_state_errors_total": STAYS},
        ("namespace", "pod"),
    ),
    "FlagBroken": (
        {'flagoperator_broken_resource{kind="Flag", name="hello"}': YES},
        {'flagoperator_broken_resource{kind="Flag", name="hello"}': NO},
        ("kind", "namespace", "name"),
    ),
    "FlagRolloutRolledBack": (
        {'flag_rollout_phase{flag="hello", phase="RolledBack"}': YES},
        {'flag_rollout_phase{flag="hello", phase="Paused"}': YES},
        ("namespace", "flag"),
    ),
    "FlagRolloutGuardSilent": (
        {'flag_rollout_guard_errors{flag="hello", guard="error-rate"}': YES},
        {'flag_rollout_guard_errors{flag="hello", guard="error-rate"}': "1+0x3 0+0x60"},
        ("namespace", "flag", "guard"),
    ),
    "FlagRolloutUnbalanced": (
        {'flag_rollout_unbalanced{flag="hello"}': YES},
        {'flag_rollout_unbalanced{flag="hello"}': NO},
        ("namespace", "flag"),
    ),
    "FlagCohortListStale": (
        {'flagoperator_list_stale{cohort="beta"}': YES},
        {'flagoperator_list_stale{cohort="beta"}': "1+0x13 0+0x60"},
        ("namespace", "cohort"),
    ),
    "FlagoperatorNotLeading": (
        {"flagoperator_leading": NO, 'flagoperator_leading{pod="flagoperator-2"}': NO},
        {"flagoperator_leading": NO, 'flagoperator_leading{pod="flagoperator-2"}': YES},
        ("namespace",),
    ),
    **{
        alert: ({metric: YES}, {metric: NO}, ("namespace",))
        for alert, metric in {
            "FlagoperatorReplicasBehind": "flagoperator_replicas_behind",
            "FlagoperatorHoldsRemoval": "flagoperator_held_rulesets",
            "FlagoperatorCrdsOutdated": "flagoperator_crds_outdated",
            "FlagoperatorCannotRead": "flagoperator_namespace_unreadable",
            "FlagoperatorStatusContested": "flagoperator_status_contested",
        }.items()
    },
}
LABELS = {
    "cohort": "beta",
    "flag": "hello",
    "guard": "error-rate",
    "namespace": WHERE,
    "pod": POD,
    "project": PROJECT,
    "kind": "Flag",
    "name": "hello",
}


def series(written: str) -> str:
    """Give a series the labels that Prometheus adds, where it does not say otherwise."""
    metric, _, labels = written.rstrip("}").partition("{")
    own = dict(re.findall(r'(\w+)="([^"]*)"', labels))
    whole = {"namespace": WHERE, "pod": POD, "project": PROJECT} | own
    return metric + "{" + ", ".join(f'{name}="{value}"' for name, value in whole.items()) + "}"


def case(alert: str, given: dict[str, str], expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": series(name), "values": values} for name, values in given.items()],
        "alert_rule_test": [{"eval_time": f"{MINUTES}m", "alertname": alert, "exp_alerts": expected}],
    }


def fired(alert: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is told of an alert: its texts have the labels filled in."""
    labels = {name: LABELS[name] for name in names}
    texts = {
        name: re.sub(r"{{ \$labels\.(\w+) }}", lambda found: labels[found[1]], text)
        for name, text in RULES[alert]["annotations"].items()
    }
    return {"exp_labels": labels | RULES[alert]["labels"], "exp_annotations": texts}


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_fires_for_what_it_is_about_and_not_otherwise(alert: str, tmp_path: Path):
    fires, quiet, names = CASES[alert]
    tests = [case(alert, fires, [fired(alert, names)]), case(alert, quiet, [])]
    file = tmp_path / "alerts.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FILE)], "evaluation_interval": "1m", "tests": tests}))
    argv = [from_debian("prometheus", "promtool"), "test", "rules", file]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
