"""When steps are taken, by manifests alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from flagctl.group import flagctl

if TYPE_CHECKING:
    from pathlib import Path

START = "2026-12-01T09:00:00Z"
STEPS = [
    {"percent": 5, "hold": "6h", "minEvaluations": 5000},
    {"percent": 25, "hold": "12h", "approval": True},
    {"percent": 100, "hold": "1d"},
]
GUARD = {"name": "error-rate", "prometheus": {"query": "sum(errors)"}, "max": "0.02"}


def flag(name: str = "checkout", percent: Any = 100, **spec: Any) -> dict[str, Any]:
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": percent}} | spec
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": name}, "spec": spec}


def plan(name: str = "standard", **spec: Any) -> dict[str, Any]:
    found = {"steps": STEPS} | spec
    version = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagRolloutPlan"}
    return {**version, "metadata": {"name": name}, "spec": found}


def planned(folder: Path, *objects: dict[str, Any], options: tuple[str, ...] = ()) -> str:
    (folder / "flags.yaml").write_text(yaml.safe_dump_all(objects))
    result = CliRunner().invoke(flagctl, ["rollout", "plan", str(folder), "--start", START, *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_step_has_its_time(tmp_path: Path):
    assert planned(tmp_path, plan(guards=[GUARD]), flag(ramp={"plan": "standard"})) == (
        "flag/checkout\n"
        "  2026-12-01T09:00:00Z  All Other Users 5 %  (hold 6h, 5000 answers)\n"
        "  2026-12-01T15:00:00Z  All Other Users 25 %  (hold 12h, approval)\n"
        "  2026-12-02T03:00:00Z  All Other Users 100 %  (hold 1d)\n"
        "  2026-12-03T03:00:00Z  done\n"
        "  later by as long as approvals take\n"
        "  guard error-rate: max 0.02, every 1m; else Rollback\n"
    )


def test_steps_wait_for_windows_and_for_a_date(tmp_path: Path):
    window = {"days": ["Mon", "Tue", "Wed", "Thu"], "from": "09:00", "to": "16:00", "timeZone": "Europe/Berlin"}
    spec = {"steps": STEPS[1:], "windows": [window], "notBefore": "2026-12-04T00:00:00Z"}
    lines = planned(tmp_path, flag(ramp=spec)).splitlines()
    assert [each.split()[0] for each in lines[1:4]] == [
        "2026-12-07T08:00:00Z",
        "2026-12-08T08:00:00Z",
        "2026-12-09T08:00:00Z",
    ]


def test_phases_name_who_rises(tmp_path: Path):
    match = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]
    staff = {"name": "Staff", "match": match, "rollout": {"percent": 100}}
    ramp = {"steps": STEPS[2:], "phases": [{"segments": ["Staff"]}, {"allOtherUsers": True}]}
    lines = planned(tmp_path, flag(percent=50, segments=[staff], ramp=ramp)).splitlines()
    assert "Staff 100 %" in lines[1]
    assert "All Other Users 50 %" in lines[2]


@pytest.mark.parametrize(
    ("objects", "says"),
    [
        ([flag()], "flag/checkout: no ramp, its goal is taken at once"),
        ([plan(), flag(ramp={"immediate": True})], "taken at once"),
        ([plan(default=True), flag()], "All Other Users 5 %"),
        ([plan(deadline="1d"), flag(ramp={"plan": "standard"})], "too late: the deadline is 1d"),
        ([plan(paused=True), flag(ramp={"plan": "standard"})], "paused: nothing moves"),
    ],
)
def test_what_a_ramp_means_is_said(tmp_path: Path, objects: list[dict[str, Any]], says: str):
    assert says in planned(tmp_path, *objects)


def test_one_flag_can_be_asked_for(tmp_path: Path):
    text = planned(tmp_path, flag("a"), flag("b"), options=("--flag", "b"))
    assert text == "flag/b: no ramp, its goal is taken at once\n"


@pytest.mark.parametrize("start", ["tomorrow", "2026-12-01T09:00:00"])
def test_a_start_that_is_no_time_is_refused(tmp_path: Path, start: str):
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(flag()))
    result = CliRunner().invoke(flagctl, ["rollout", "plan", str(tmp_path), "--start", start])
    assert result.exit_code == 2
    assert "is not a time such as 2026-12-01T09:00:00Z" in result.output


def test_verbs_need_flags_or_all():
    for arguments in (["approve"], ["approve", "a", "--all"]):
        result = CliRunner().invoke(flagctl, ["rollout", *arguments])
        assert result.exit_code == 2
        assert "name flags, or --all" in result.output


COMPARED = {"name": "errors", "compare": {"failures": "errors_total", "attempts": "requests_total"}}
TRAFFIC = ("--users-per-hour", "20000", "--baseline", "0.01")


def test_a_guard_that_compares_says_by_when_it_finds_failures_that_have_doubled(tmp_path: Path) -> None:
    told = planned(tmp_path, plan(guards=[COMPARED]), flag(ramp={"plan": "standard"}), options=TRAFFIC)
    assert "guard errors: compared with control, margin 1.2, fails at E 100, every 1m; else Rollback" in told
    assert "1 % failures doubled are found in 80% of runs by 2026-12-01T1" in told
    assert "cannot fire" not in told
    assert "too short" not in told


def test_a_guard_that_cannot_fire_within_a_hold_is_warned_of(tmp_path: Path) -> None:
    few = ("--users-per-hour", "200")
    told = planned(tmp_path, plan(guards=[COMPARED]), flag(ramp={"plan": "standard"}), options=few)
    assert "this guard cannot fire: 1 % failures doubled are not found" in told
    assert "too short at 5 %: by the end of its hold of 6h they are found in " in told


def test_without_traffic_a_comparison_says_what_it_lacks(tmp_path: Path) -> None:
    told = planned(tmp_path, plan(guards=[COMPARED]), flag(ramp={"plan": "standard"}))
    assert "by when it finds harm: --users-per-hour and --baseline" in told


@pytest.mark.parametrize("wrong", [("--users-per-hour", "0"), ("--baseline", "0"), ("--baseline", "0.6")])
def test_traffic_that_cannot_be_is_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    (tmp_path / "flags.yaml").write_text(yaml.safe_dump(flag()))
    assert CliRunner().invoke(flagctl, ["rollout", "plan", str(tmp_path), *wrong]).exit_code == 2


@pytest.mark.parametrize("url", ["ftp://x", "localhost:9090", "http://", "", "http://x:99999", "http://a..b"])
def test_what_is_no_address_of_a_prometheus_is_refused_also_where_no_guard_asks(tmp_path: Path, url: str):
    (tmp_path / "flags.yaml").write_text(yaml.safe_dump(flag()))
    result = CliRunner().invoke(flagctl, ["rollout", "plan", str(tmp_path), "--prometheus-url", url])
    assert (result.exit_code, "is not an address such as" in result.output) == (2, True)


def test_where_no_flag_is_left_and_something_is_wrong_it_says_where_to_look(tmp_path: Path):
    (tmp_path / "flags.yaml").write_text(yaml.safe_dump(flag(surprise=1)))
    result = CliRunner().invoke(flagctl, ["rollout", "plan", str(tmp_path)])
    assert result.exit_code != 0
    assert "flagctl lint says more" in result.output
