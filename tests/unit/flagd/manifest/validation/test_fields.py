import pytest

from flagd.manifest import Flag
from flagd.manifest.validation.fields import choices_at, field_at, field_names_at


def test_a_field_is_found_through_lists_and_mappings():
    field = field_at(Flag, ("spec", "segments", 0, "rollout", "percent"))
    assert field is not None
    assert "percent" in (field.description or "").lower() or field.is_required()
    assert field_at(Flag, ("spec", "segments", 0, "nothing")) is None
    assert field_at(Flag, ("spec", "description", "deeper")) is None


def test_names_are_those_of_the_manifest():
    assert {"allOtherUsers", "offPayload", "variants"} <= set(field_names_at(Flag, ("spec",)))
    assert field_names_at(Flag, ("spec", "description")) == []


@pytest.mark.parametrize(
    ("path", "known"), [(("spec", "evaluationMode"), {"Local", "Remote"}), (("spec", "description"), set())]
)
def test_the_choices_of_an_enumeration_are_known(path, known):
    assert known <= set(choices_at(Flag, path))
    assert bool(known) is bool(choices_at(Flag, path))
