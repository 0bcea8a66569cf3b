from flagd.manifest import Diagnostic, Location, ResourceRef, Severity
from flagd.manifest.reading.loaded import Loaded, Origin

REF = ResourceRef("Flag", "default", "f")
TEXT = "kind: Flag\nspec:\n  active: true\n  sticky: true\n"
LOADED = Loaded(origins={REF: Origin("a.yaml", 2, 11, TEXT)})


def test_a_path_has_a_line_of_the_file():
    origin = LOADED.origins[REF]
    assert origin.location(("spec", "sticky")) == Location("a.yaml", 2, 14)
    assert origin.location(line=0) == Location("a.yaml", 2, 11)


def test_a_finding_is_located_where_its_resource_was_read_here():
    found = Diagnostic(Severity.ERROR, "Odd", "odd", "spec.active", REF)
    assert LOADED.locate(found).location == Location("a.yaml", 2, 13)
    elsewhere = Diagnostic(Severity.ERROR, "Odd", "odd", "spec", ResourceRef("Flag", "default", "g"))
    assert LOADED.locate(elsewhere).location is None


def test_a_place_that_is_known_stays():
    found = Diagnostic(Severity.ERROR, "Odd", "odd", "spec", REF, Location("b.yaml"))
    assert LOADED.locate(found) is found


def test_an_item_of_a_list_is_found_below_it():
    text = "items:\n- kind: Flag\n  spec:\n    active: true\n"
    origin = Origin("a.yaml", 1, 1, text, ("items", 0))
    assert origin.location(("spec", "active")).line == 4
