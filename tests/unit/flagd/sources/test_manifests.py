"""Manifests: what an edit breaks keeps its last good form."""

import pytest

from flagd.manifest.reading.files import SourceFile
from flagd.sources.manifests import Manifests, parse_manifests


def _flag(name, variant="on"):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}}}
spec: {{variants: [{{key: "{variant}"}}]}}
---"""


def _files(**texts):
    return [SourceFile(f"{name}.yaml", text.encode()) for name, text in texts.items()]


def _held(manifests):
    return {ref.name: resource.spec.variants[0].key for ref, resource in manifests.resources.items()}


def _errors(manifests):
    return [finding.reason for finding in manifests.diagnostics if finding.severity == "error"]


BEFORE = parse_manifests(_files(one=_flag("a") + _flag("b"), two=_flag("c")), Manifests())

EDITS = [
    ({"one": _flag("a", "x") + _flag("b"), "two": _flag("c")}, {"a": "x", "b": "on", "c": "on"}),
    ({"one": _flag("a"), "two": _flag("c")}, {"a": "on", "c": "on"}),
    ({"two": _flag("c")}, {"c": "on"}),
    ({}, {}),
    ({"one": _flag("b"), "two": _flag("a") + _flag("c")}, {"a": "on", "b": "on", "c": "on"}),
]


@pytest.mark.parametrize(("files", "held"), EDITS)
def test_a_good_edit_is_taken_as_it_is(files, held):
    after = parse_manifests(_files(**files), BEFORE)
    assert (_held(after), after.diagnostics) == (held, ())


BROKEN = [
    ("{[", {"a": "on", "b": "on"}),
    ("\0", {"a": "on", "b": "on"}),
    (_flag("a", "x") + "\n{[", {"a": "x", "b": "on"}),
    (_flag("a").replace("variants", "variantz") + _flag("b", "x"), {"a": "on", "b": "x"}),
    (_flag("a").replace("variants", "variantz"), {"a": "on"}),
    (_flag("new").replace("variants", "variantz") + _flag("b"), {"b": "on"}),
]


@pytest.mark.parametrize(("text", "held"), BROKEN)
def test_a_bad_edit_keeps_the_last_good_form_of_what_it_breaks(text, held):
    after = parse_manifests(_files(one=text, two=_flag("c")), BEFORE)
    assert _held(after) == {**held, "c": "on"}
    assert _errors(after)


def test_a_file_that_cannot_be_read_keeps_what_was_in_it():
    unreadable = SourceFile("one.yaml", fault=("Unreadable", "permission denied"))
    after = parse_manifests([unreadable, *_files(two=_flag("c", "x"))], BEFORE)
    assert _held(after) == {"a": "on", "b": "on", "c": "x"}
    assert [str(one) for one in after.diagnostics] == ["one.yaml:1: error: permission denied [Unreadable]"]


def test_a_bad_edit_after_a_bad_edit_still_keeps_the_last_good_form():
    after = BEFORE
    for text in ("{[", "\0", "a: [", _flag("a").replace("variants", "variantz")):
        after = parse_manifests(_files(one=text, two=_flag("c")), after)
        assert "a" in _held(after)


def test_a_resource_in_two_files_keeps_its_form_from_before_and_both_places_are_named():
    after = parse_manifests(_files(one=_flag("a") + _flag("b"), two=_flag("c"), three=_flag("a", "x")), BEFORE)
    assert _held(after) == {"a": "on", "b": "on", "c": "on"}
    assert sorted(one.location.file for one in after.diagnostics) == ["one.yaml", "three.yaml"]
    assert _errors(after) == ["DuplicateResource"] * 2


def test_a_resource_in_two_files_from_the_start_is_in_neither():
    assert _held(parse_manifests(_files(one=_flag("a"), two=_flag("a")), Manifests())) == {}


def test_files_that_did_not_change_are_not_parsed_again():
    after = parse_manifests(_files(one=_flag("a", "x"), two=_flag("c")), BEFORE)
    assert after.files["two.yaml"] is BEFORE.files["two.yaml"]
    assert after.files["one.yaml"] is not BEFORE.files["one.yaml"]


def test_nothing_new_is_the_same_object():
    assert parse_manifests(_files(one=_flag("a") + _flag("b"), two=_flag("c")), BEFORE) is BEFORE


def test_a_directory_that_cannot_be_read_any_more_keeps_what_stood_below_it():
    below = [SourceFile("shop/sub/one.yaml", _flag("a").encode()), SourceFile("shop2.yaml", _flag("b").encode())]
    before = parse_manifests(below, Manifests())
    closed = [SourceFile("shop/sub", fault=("Unreadable", "permission denied")), *below[1:]]
    after = parse_manifests(closed, before)
    assert (_held(after), _errors(after)) == ({"a": "on", "b": "on"}, ["Unreadable"])
    assert parse_manifests(closed, after) is after
    assert _held(parse_manifests(below[1:], after)) == {"b": "on"}
