import pytest

from flagctl.files.draft import Draft, DraftVariant, slug
from flagd.manifest import Severity, read_text

DRAFTS = [
    Draft("New checkout"),
    Draft('It\'s "odd": #1', key="no", owner="team: x", expires="2030-01-01", project="shop"),
    Draft("Colours", variants=(DraftVariant("Light blue", 3), DraftVariant("on")), percent="0.5", type="Experiment"),
    *(Draft("Typed", value_type=value) for value in ("Boolean", "String", "Integer", "Float", "JSON")),
]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: f"{draft.display_name} {draft.value_type or ''}")
def test_a_draft_is_a_flag_without_errors(draft):
    loaded = read_text(draft.manifest())
    assert not [each for each in loaded.diagnostics if each.severity is Severity.ERROR]
    (flag,) = loaded.resources
    assert flag.spec.display_name == draft.display_name
    assert [variant.key for variant in flag.spec.variants] == [variant.key for variant in draft.variants]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Größe & Farbe", "grosse-farbe"), ("It's new", "its-new"), ("  ", ""), ("日本", ""), ("A--B", "a-b")],
)
def test_a_name_for_people_becomes_one_for_kubernetes(name, expected):
    assert slug(name) == expected


def test_a_name_fits_into_a_label():
    assert len(Draft("x" * 100).name) == 63
    assert Draft("x" * 62 + " y").name == "x" * 62
