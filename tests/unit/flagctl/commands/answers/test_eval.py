from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Program = Callable[..., subprocess.CompletedProcess[str]]
    Write = Callable[[str, object], Path]

ANN = '{"user_id": "ann"}'


@pytest.fixture
def flags(write: Write) -> Path:
    group = {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "FlagGroup",
        "metadata": {"name": "g", "namespace": "shop"},
    }
    return write(
        "flags.yaml",
        [
            flag("checkout", variants=[{"key": "on", "payload": {"columns": 1}}], metadata={"team": "pay"}),
            flag("banner", allOtherUsers={"percent": 0}),
            flag("vip", segments=[segment("user.properties.plan", "pro")], allOtherUsers={"percent": 0}),
            flag("held", memberOf=[{"group": "g"}]),
            {**group, "spec": {"type": "Holdout", "holdout": {"percent": 1}}},
        ],
    )


def segment(attribute: str, value: str) -> dict[str, object]:
    match = [{"attribute": attribute, "op": "is", "values": [value]}]
    return {"name": "pros", "match": match, "rollout": {"percent": 100}}


def test_the_table_says_variant_value_payload_reason_and_segment(run: Run, flags: Path) -> None:
    result = run("eval", flags, "--project", "shop", "--flag", "checkout", "--flag", "banner", "--user", ANN)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "FLAG      VARIANT  VALUE  PAYLOAD        REASON  SEGMENT",
        'checkout  on       on     {"columns":1}  STATIC  All Other Users',
        "banner    off                            STATIC  All Other Users",
    ]


def test_json_holds_the_same_and_the_revision(run: Run, flags: Path) -> None:
    answer = json.loads(run("eval", flags, "--flag", "checkout", "--user", ANN, "--output", "json").stdout)
    checkout = answer["variants"]["checkout"]
    assert checkout["key"] == checkout["value"] == "on"
    assert checkout["payload"] == {"columns": 1}
    assert checkout["reason"] == "STATIC"
    assert checkout["metadata"]["team"] == "pay"
    assert answer["revision"]
    assert answer["stale"] is False


def test_no_flag_named_means_all_but_groups(run: Run, flags: Path) -> None:
    answer = json.loads(run("eval", flags, "--user", ANN, "--output", "json").stdout)
    assert list(answer["variants"]) == ["banner", "checkout", "held", "vip"]


@pytest.mark.parametrize(("plan", "variant"), [("pro", "on"), ("free", "off")])
def test_properties_of_the_user_count(plan: str, variant: str, run: Run, flags: Path) -> None:
    user = json.dumps({"user_id": "ann", "user_properties": {"plan": plan}})
    answer = json.loads(run("eval", flags, "--flag", "vip", "--user", user, "--output", "json").stdout)
    assert answer["variants"]["vip"]["key"] == variant


def test_the_user_can_stand_in_a_file(run: Run, flags: Path, write: Write) -> None:
    user = write("ann.json", '{"user_properties": {"plan": "pro"}}')
    assert "TARGETING_MATCH" in run("eval", flags, "--flag", "vip", "--user", f"@{user}").stdout


def test_a_byte_order_mark_as_windows_writes_it_is_skipped(run: Run, flags: Path, tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text('{"user_id": "ann"}', encoding="utf-8-sig")
    assert run("eval", flags, "--user", f"@{tmp_path}/ann.json").exit_code == 0


def test_the_user_can_come_from_standard_input(program: Program, flags: Path) -> None:
    done = program("eval", flags, "--flag", "vip", "--user", "-", input='{"user_properties": {"plan": "pro"}}')
    assert "TARGETING_MATCH" in done.stdout


def test_the_manifests_can_come_from_standard_input(program: Program, flags: Path) -> None:
    done = program("eval", "-", "--flag", "checkout", "--user", ANN, input=flags.read_text())
    assert done.returncode == 0
    assert "checkout" in done.stdout


def test_an_unknown_flag_exits_1_names_the_nearest_and_the_others_are_answered(run: Run, flags: Path) -> None:
    result = run("eval", flags, "--flag", "chekout", "--flag", "banner", "--user", ANN)
    assert result.exit_code == 1
    assert result.stderr == 'Error: chekout: there is no such flag; did you mean "checkout"?\n'
    assert "banner    off" not in result.stderr
    assert "banner" in result.stdout


def test_a_group_is_no_flag(run: Run, flags: Path) -> None:
    assert "there is no such flag" in run("eval", flags, "--flag", "g", "--user", ANN).stderr


def test_a_broken_flag_is_said_to_be_broken(run: Run, write: Write) -> None:
    broken = flag("broken", key="BROKEN", prerequisites={"flags": [{"key": "nowhere", "variants": ["on"]}]})
    path = write("a.yaml", [broken, flag("good")])
    result = run("eval", path, "--flag", "BROKEN", "--user", ANN)
    assert result.exit_code == 1
    assert "BROKEN: it does not compile: " in result.stderr
    assert "nowhere" in result.stderr


def test_errors_beside_the_flag_asked_for_are_mentioned_only(run: Run, write: Write) -> None:
    broken = flag("broken", prerequisites={"flags": [{"key": "nowhere", "variants": ["on"]}]})
    result = run("eval", write("a.yaml", [broken, flag("good")]), "--flag", "good", "--user", ANN)
    assert result.exit_code == 0
    assert result.stderr == "1 error in these manifests: flagctl lint shows them\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--user", ANN], 2, "give PATH of manifests"),
        (["-", "--user", "-"], 2, "standard input can be the manifests or the user, not both"),
        (["PATH", "--server", "localhost", "--user", ANN], 2, "either PATH or --server, not both"),
        (["PATH"], 2, "Missing option '--user'"),
        (["PATH", "--user", "{"], 2, "in a shell, put it in single quotes"),
        (["PATH", "--user", '{"usr_id": "a"}'], 2, 'did you mean "user_id"?'),
        (["PATH", "--user", "@nowhere.json"], 3, "cannot read nowhere.json"),
        (["PATH", "--user", ANN, "--project", "blog"], 1, 'no project "blog" in these manifests; there is shop'),
        (["--server", "http://localhost", "--user", ANN], 2, '"http://localhost" is not HOST:PORT'),
        (["PATH", "--user", ANN, "--flag", "a\x1b"], 2, "'a\\x1b' contains control characters or is not UTF-8"),
        (["--server", "localhost:1", "--key", "a b", "--user", ANN], 2, "ASCII text without spaces"),
        (["--server", "localhost:99999", "--user", ANN], 2, "is not HOST:PORT"),
        (["--server", "localhost:1", "--tls-cert", "a.pem", "--user", ANN], 2, "--tls-cert and --tls-key go together"),
        (["--server", "localhost:1", "--tls-ca", "nowhere.pem", "--user", ANN], 3, "nowhere.pem cannot be read"),
        (["--server", "localhost:1", "--tls-ca", __file__, "--user", ANN], 3, "holds no PEM certificate"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], code: int, message: str, run: Run, flags: Path) -> None:
    result = run("eval", *(str(flags) if argument == "PATH" else argument for argument in arguments))
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""
