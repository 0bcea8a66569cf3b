from __future__ import annotations

import pytest

from tests.unit.flagd.manifest.findings import condition, flag, warned

ROLLOUT = {"percent": 0}


@pytest.mark.parametrize(
    ("op", "who"),
    [
        ("contains", "everybody"),
        ("regex match", "everybody"),
        ("does not contain", "nobody"),
        ("regex does not match", "nobody"),
    ],
)
def test_an_empty_text_that_is_part_of_every_text_is_doubted(op, who):
    (found,) = warned(condition(op=op, values=["a", ""]))
    assert (found.path, found.reason) == ("spec.match[0].values[1]", "MatchesEverything")
    assert who in found.message


@pytest.mark.parametrize(("op", "who"), [("glob match", "everybody"), ("glob does not match", "nobody")])
def test_a_glob_that_matches_every_text_is_doubted(op, who):
    (found,) = warned(condition(op=op, values=["pro-*", "**"]))
    assert (found.path, found.reason) == ("spec.match[0].values[1]", "MatchesEverything")
    assert who in found.message
    assert warned(condition(op=op, values=["*", "a**"])) == [], "a text may have a slash"


@pytest.mark.parametrize("pattern", [".*", "gold|", "(?i)", "x{0,3}", "[a-z]*$", "^"])
def test_a_pattern_that_is_found_in_every_text_is_doubted(pattern):
    (found,) = warned(condition(op="regex match", values=["pro", pattern]))
    assert (found.path, found.reason) == ("spec.match[0].values[1]", "MatchesEverything")
    assert "everybody" in found.message


@pytest.mark.parametrize("pattern", [".+", "^$", "^.*@shop$", "gold", "^[a-z]*$"])
def test_a_pattern_that_some_text_lacks_is_fine(pattern):
    assert warned(condition(op="regex match", values=[pattern])) == []


def test_an_empty_text_that_is_compared_as_a_whole_is_fine():
    assert warned(condition(op="is", values=[""])) == []


@pytest.mark.parametrize("field", ["country", "user_id", "version"])
def test_a_property_with_the_name_of_a_field_of_the_user_is_doubted(field):
    (found,) = warned(condition(attribute=f"user.properties.{field}"))
    assert found.reason == "FieldNotProperty"
    assert f"did you mean `user.{field}`?" in found.message


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("targetingKey", "user.user_id"), ("groups", "groups.<type>.name"), ("cohort_ids", "user.cohort_ids")],
)
def test_a_property_that_an_openfeature_context_cannot_make_is_doubted(name, attribute):
    (found,) = warned(condition(attribute=f"user.properties.{name}"))
    assert found.reason == "FieldNotProperty"
    assert f"did you mean `{attribute}`?" in found.message


def test_a_property_of_a_group_may_have_any_name():
    assert warned(condition(attribute="groups.company.properties.country")) == []


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"allOtherUsers": ROLLOUT},
        {"segments": [{"name": "s", "segmentRefs": ["pro"], "rollout": {"percent": "0.000"}}]},
    ],
)
def test_an_active_flag_that_serves_nobody_is_doubted(spec):
    (found,) = warned(flag(active=True, **spec))
    assert (found.path, found.reason) == ("spec.active", "ServesNobody")


def test_a_flag_that_is_not_active_yet_may_serve_nobody():
    assert warned(flag(allOtherUsers=ROLLOUT)) == []


def test_a_thousandth_of_a_percent_is_somebody():
    assert warned(flag(active=True, allOtherUsers={"percent": "0.001"})) == []
