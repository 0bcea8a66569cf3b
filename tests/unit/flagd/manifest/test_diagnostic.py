from flagd.manifest.diagnostic import Diagnostic, Location, ResourceRef, Severity

REF = ResourceRef("Flag", "shop", "checkout")


def test_a_diagnostic_reads_from_the_place_to_the_reason():
    found = Diagnostic(Severity.ERROR, "UnknownField", "unknown field `x`", "spec.x", REF)
    assert str(found) == "Flag shop/checkout: spec.x: error: unknown field `x` [UnknownField]"
    assert str(found.at(Location("a.yaml", 2, 7))).startswith("a.yaml:7: Flag shop/checkout: spec.x: error: ")


def test_what_is_not_known_is_left_out():
    assert str(Diagnostic(Severity.WARNING, "Odd", "odd")) == "warning: odd [Odd]"
