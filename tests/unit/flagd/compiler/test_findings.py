from flagd.compiler.findings import Findings
from flagd.manifest.diagnostic import ResourceRef, Severity

FLAG = ResourceRef("Flag", "shop", "f")


def only(findings):
    (diagnostic,) = findings.diagnostics
    return diagnostic


def test_an_error_keeps_the_resource_out_and_a_warning_does_not():
    findings = Findings(FLAG)
    findings.warning("Odd", "odd")
    assert not findings.broken
    findings.error("Wrong", "wrong", "spec.x")
    assert findings.broken
    assert [(each.severity, each.path) for each in findings.diagnostics] == [
        (Severity.WARNING, ""),
        (Severity.ERROR, "spec.x"),
    ]


def test_what_is_referred_to_is_missing_or_broken():
    missing, broken = Findings(FLAG), Findings(FLAG)
    missing.unusable("FlagCohort", "c", "spec", missing=True)
    broken.unusable("FlagCohort", "c", "spec", missing=False)
    assert (only(missing).reason, only(broken).reason) == ("ReferenceMissing", "ReferenceBroken")
    assert only(missing).concerns == ResourceRef("FlagCohort", "shop", "c")


def test_what_a_resource_can_do_without_does_not_keep_it_out():
    findings = Findings(FLAG)
    findings.unusable("FlagDeployment", "web", "spec", missing=True, harmless=True)
    assert only(findings).severity is Severity.WARNING
    assert not findings.broken
