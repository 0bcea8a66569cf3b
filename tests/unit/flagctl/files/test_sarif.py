import json

from flagctl.files.sarif import sarif_report
from flagd.manifest import Diagnostic, Location, ResourceRef, Severity

FLAG = ResourceRef("Flag", "shop", "f")


def run_of(*diagnostics):
    (run,) = json.loads(sarif_report(diagnostics))["runs"]
    return run


def test_each_finding_is_a_result_of_a_rule():
    found = [
        Diagnostic(Severity.ERROR, "Wrong", "wrong", "spec", FLAG, Location("a b.yaml", 1, 7)),
        Diagnostic(Severity.WARNING, "Odd", "odd", "spec", FLAG, Location("-", 1, 1)),
        Diagnostic(Severity.WARNING, "Odd", "odder"),
    ]
    run = run_of(*found)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["Odd", "Wrong"]
    assert [(each["ruleIndex"], each["level"]) for each in run["results"]] == [
        (1, "error"),
        (0, "warning"),
        (0, "warning"),
    ]
    place = run["results"][0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.yaml"
    assert place["physicalLocation"]["region"] == {"startLine": 7}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "Flag shop/f"


def test_what_came_from_standard_input_has_no_file():
    (result,) = run_of(Diagnostic(Severity.ERROR, "Wrong", "wrong", "", FLAG, Location("-", 1, 1)))["results"]
    assert "physicalLocation" not in result["locations"][0]
    (result,) = run_of(Diagnostic(Severity.ERROR, "Wrong", "wrong"))["results"]
    assert result["locations"] == []
