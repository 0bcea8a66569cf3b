from __future__ import annotations

import json
from urllib.parse import unquote

import click
import pytest

from flagctl.files.report import github_report, json_report, summary, text_report
from flagctl.files.sarif import sarif_report
from flagd.manifest import Diagnostic, Location, ResourceRef, Severity, validate
from tests.unit.flagctl.manifest import flag

CHECKOUT = ResourceRef("Flag", "shop", "checkout")
ERROR = Diagnostic(
    Severity.ERROR,
    "UnknownField",
    "unknown field `percentt`, did you mean `percent`?",
    "spec.allOtherUsers.percentt",
    CHECKOUT,
    Location("flags/b.yaml", 2, 12),
)
WARNING = Diagnostic(
    Severity.WARNING,
    "DeploymentMissing",
    "there is no FlagDeployment web",
    "",
    CHECKOUT,
    Location("flags/a.yaml", 1, 3),
)
NOWHERE = Diagnostic(Severity.ERROR, "Broken", "50% of\nnothing: a, b")


def test_text_groups_by_file_in_order_of_lines() -> None:
    early = Diagnostic(Severity.ERROR, "Early", "early", location=Location("flags/b.yaml", 1, 2))
    lines = click.unstyle(text_report([ERROR, WARNING, early])).splitlines()
    assert lines == [
        "flags/a.yaml",
        "     3  warning  there is no FlagDeployment web",
        "        Flag shop/checkout [DeploymentMissing]",
        "",
        "flags/b.yaml",
        "     2  error  early",
        "        [Early]",
        "    12  error  unknown field `percentt`, did you mean `percent`?",
        "        Flag shop/checkout, spec.allOtherUsers.percentt [UnknownField]",
    ]


def test_text_never_lets_a_manifest_move_the_cursor() -> None:
    shown = click.unstyle(text_report([Diagnostic(Severity.ERROR, "X", "a\x1b[2Jb\rc\nd")]))
    assert "a\\x1b[2Jb\\rc\\nd" in shown


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ([], "1 resource: nothing found"),
        ([ERROR], "1 error in 2 resources"),
        ([ERROR, ERROR, WARNING], "2 errors, 1 warning in 2 resources"),
        ([WARNING], "1 warning in 2 resources"),
        ([NOWHERE], "1 error in 1 resource"),
    ],
)
def test_the_summary_is_one_line_and_counts_broken_resources_too(found: list[Diagnostic], line: str) -> None:
    good, _ = validate(flag("good"))
    assert good is not None
    assert click.unstyle(summary(found, [good])) == line


def test_json_holds_all_that_is_known() -> None:
    report = json.loads(json_report([ERROR, NOWHERE]))
    assert (report["errors"], report["warnings"]) == (2, 0)
    assert report["diagnostics"][1] == {
        "severity": "error",
        "reason": "UnknownField",
        "message": "unknown field `percentt`, did you mean `percent`?",
        "path": "spec.allOtherUsers.percentt",
        "resource": {"kind": "Flag", "namespace": "shop", "name": "checkout"},
        "file": "flags/b.yaml",
        "document": 2,
        "line": 12,
    }
    assert report["diagnostics"][0]["file"] is None


def test_github_gets_one_workflow_command_per_finding() -> None:
    assert github_report([ERROR, WARNING]).splitlines() == [
        "::warning file=flags/a.yaml,line=3,title=DeploymentMissing::"
        "Flag shop/checkout: there is no FlagDeployment web",
        "::error file=flags/b.yaml,line=12,title=UnknownField::Flag shop/checkout: spec.allOtherUsers.percentt: "
        "unknown field `percentt`, did you mean `percent`?",
    ]


def test_github_escapes_what_would_end_a_command_or_a_property() -> None:
    odd = Diagnostic(Severity.ERROR, "X", "50% of\r\nnothing: a, b", location=Location("a,b:c.yaml", 1, 1))
    assert github_report([odd]) == "::error file=a%2Cb%3Ac.yaml,line=1,title=X::50%25 of%0D%0Anothing: a, b"


def test_standard_input_is_no_file_to_github_and_sarif() -> None:
    piped = Diagnostic(Severity.ERROR, "X", "x", location=Location("-", 1, 7))
    assert github_report([piped]) == "::error title=X::x"
    assert "physicalLocation" not in sarif_report([piped])


def test_sarif_has_the_structure_of_2_1_0() -> None:
    log = json.loads(sarif_report([ERROR, WARNING, NOWHERE]))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "flagctl lint"
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    assert len(run["results"]) == 3
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        assert isinstance(result["locations"], list)
        for location in result["locations"]:
            assert set(location) <= {"physicalLocation", "logicalLocations"}
    located = run["results"][0]["locations"][0]
    assert located["physicalLocation"] == {
        "artifactLocation": {"uri": "flags/b.yaml"},
        "region": {"startLine": 12},
    }
    assert located["logicalLocations"][0]["fullyQualifiedName"] == "Flag shop/checkout"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("flags/a b.yaml", "flags/a%20b.yaml"),
        ("./flags/a.yaml", "flags/a.yaml"),
        ("/repo/ü.yaml", "file:///repo/%C3%BC.yaml"),
        ("../x#1.yaml", "../x%231.yaml"),
    ],
)
def test_sarif_names_files_by_uri(file: str, uri: str) -> None:
    log = json.loads(sarif_report([Diagnostic(Severity.ERROR, "X", "x", location=Location(file, 1, 1))]))
    shown = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert shown == uri
    assert unquote(shown).endswith(file.lstrip("./"))
