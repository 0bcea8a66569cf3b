from flagd.manifest.diagnostic import Severity
from flagd.manifest.finding import Finding, warning


def test_a_finding_is_an_error_unless_it_is_a_warning():
    assert Finding(("spec",), "Odd", "odd").severity is Severity.ERROR
    assert warning(("spec",), "Odd", "odd").severity is Severity.WARNING
