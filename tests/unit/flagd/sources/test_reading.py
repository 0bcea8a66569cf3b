"""Readings: what a folder says, at the cost of what changed, and what a restart does not forget."""

import pytest

from flagd.compiler import compile_projects
from flagd.manifest import Diagnostic, Location, ResourceRef, Severity
from flagd.manifest.reading.files import SourceFile
from flagd.sources.reading import rejected, remember, take
from tests.unit.flagd.sources.folder import flag, read


def test_every_namespace_is_a_project():
    reading = read(flag("a") + flag("b", "other"))
    assert {name: list(one.ruleset.flags) for name, one in reading.snapshots.items()} == {"shop": ["a"], "other": ["b"]}


def test_the_same_files_are_the_same_reading():
    first = read(flag("a"))
    assert read(flag("a"), first) is first


def test_flags_that_did_not_change_are_not_compiled_again():
    first = read(flag("a") + flag("b"))
    second = read(flag("a") + flag("b", more=", allOtherUsers: {percent: 5}"), first)
    before, after = (one.snapshots["shop"] for one in (first, second))
    assert after.ruleset.flags["a"] is before.ruleset.flags["a"]
    assert after.engine.variant({}, "a") is before.engine.variant({}, "a")
    assert after.revision != before.revision


def test_an_edit_of_a_file_is_read_at_the_cost_of_what_differs():
    first = read(flag("a") + flag("b"))
    second = read(flag("a") + flag("b", more=", allOtherUsers: {percent: 5}") + flag("c", "other"), first)
    same = [ref.name for ref, resource in second.readable.items() if first.readable.get(ref) is resource]
    assert same == ["a"]


def test_whatever_edits_led_there_a_folder_is_what_its_files_say():
    broken = flag("a").replace("variants", "variantz")
    current = read("")
    for text in (
        flag("a"),
        broken,
        flag("a") + flag("b", "other"),
        broken + broken,
        "{[",
        flag("b", "other"),
        flag("b"),
    ):
        before, current = current, read(text, current)
        names = before.readable.keys() | current.readable.keys()
        assert current.differing == {ref for ref in names if before.readable.get(ref) is not current.readable.get(ref)}
        compiled = compile_projects(current.readable.values(), current.compiled)
        assert {name: one.revision for name, one in current.compiled.items()} == {
            name: one.revision for name, one in compiled.items()
        }
    assert [[*one.flags] for one in (snapshot.ruleset for snapshot in current.snapshots.values())] == [["b"]]


def test_a_flag_that_does_not_compile_keeps_its_last_good_form_and_is_located():
    first = read(flag("a"))
    second = read(flag("a", more=", prerequisites: {flags: [{key: none, variants: [x]}]}"), first)
    assert second.snapshots["shop"].revision == first.snapshots["shop"].revision
    [finding] = [one for one in second.diagnostics if one.severity is Severity.ERROR]
    assert (finding.location.file, finding.resource.name) == ("all.yaml", "a")
    assert rejected(second.diagnostics) == {"shop": 1}


def test_a_namespace_without_resources_is_gone():
    first = read(flag("a") + flag("b", "other"))
    assert list(read(flag("a"), first).snapshots) == ["shop"]


def _error(resource=None, file="x.yaml", severity=Severity.ERROR):
    return Diagnostic(severity, "Invalid", "text", resource=resource, location=Location(file))


def test_rejected_counts_resources_once_and_unreadable_files_apart():
    flag = ResourceRef("Flag", "shop", "a")
    findings = [_error(flag), _error(flag), _error(), _error(file="y.yaml"), _error(flag, severity=Severity.WARNING)]
    assert rejected(findings) == {"shop": 1, "": 2}
    assert rejected([]) == {}


BEFORE = read(flag("a") + flag("b") + flag("c", "other"))
INVALID = flag("a").replace("variants", "variantz")

RESTARTS = [
    (flag("a") + flag("b") + flag("c", "other"), {"shop": ["a", "b"], "other": ["c"]}),
    (flag("a"), {"shop": ["a"]}),
    (flag("a") + "\n{[", {"shop": ["a", "b"], "other": ["c"]}),
    ("{[", {"shop": ["a", "b"], "other": ["c"]}),
    (INVALID + flag("b"), {"shop": ["a", "b"], "other": ["c"]}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "flags"), RESTARTS)
def test_after_a_restart_a_flag_is_held_while_it_may_be_in_what_cannot_be_read(text, flags):
    after = read(text, remember(BEFORE.snapshots))
    assert {name: sorted(one.ruleset.flags) for name, one in after.snapshots.items()} == flags
    for one in after.snapshots.values():
        ruleset = one.ruleset
        ruleset.verify()
        assert one.engine.variant({}, "a") is None or one.engine.variant({}, "a").key == "off"


def test_what_was_held_goes_once_everything_can_be_read():
    held = read("{[", remember(BEFORE.snapshots))
    assert list(read(flag("a"), held).snapshots["shop"].ruleset.flags) == ["a"]


def test_what_was_seen_once_is_not_held_any_more():
    seen = read(flag("a") + flag("b") + "\n{[", remember(BEFORE.snapshots))
    files = [SourceFile("all.yaml", flag("a").encode()), SourceFile("new.yaml", b"{[")]
    after = take(files, seen)
    assert {name: sorted(one.ruleset.flags) for name, one in after.snapshots.items()} == {"shop": ["a"], "other": ["c"]}


def test_a_break_after_a_good_reading_brings_nothing_back():
    good = read(flag("a"), remember(BEFORE.snapshots))
    after = read(flag("a") + "\n{[", good)
    assert {name: sorted(one.ruleset.flags) for name, one in after.snapshots.items()} == {"shop": ["a"]}


MEMBER = flag("a", more=", allOtherUsers: {percent: 100}, memberOf: [{group: g}]")
GROUP = """
kind: FlagGroup
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: g, namespace: shop}
spec: {type: Holdout, holdout: {percent: 50}}
---"""


def _answers(reading):
    engine = reading.snapshots["shop"].engine
    return [engine.variant({"user": {"user_id": str(number)}}, "a").key for number in range(20)]


def test_a_group_that_is_taken_out_of_the_folder_changes_no_answer_of_its_members():
    first = read(MEMBER + GROUP)
    second = read(MEMBER, first)
    assert set(_answers(first)) == {"on", "off"}
    assert _answers(second) == _answers(first)
    assert [(one.reason, str(one.resource)) for one in second.diagnostics] == [
        ("ReferenceMissing", "Flag shop/a"),
        ("Retained", "FlagGroup shop/g"),
    ]
    again = read(MEMBER, remember(second.snapshots))
    assert _answers(again) == _answers(first)
    assert again.snapshots["shop"].revision == second.snapshots["shop"].revision


def test_what_is_retained_is_hidden_also_while_a_file_cannot_be_read():
    retained = read(MEMBER, read(MEMBER + GROUP))
    after = read(MEMBER + "\n{[", remember(retained.snapshots))
    assert after.snapshots["shop"].ruleset.flags["g"]["metadata"]["retained"] is True


def test_a_parent_that_may_be_in_a_file_that_cannot_be_read_is_not_hidden():
    child = flag("a", more=', prerequisites: {flags: [{key: b, variants: ["on"]}]}')
    after = read(child + "\n{[", remember(read(child + flag("b")).snapshots))
    assert after.snapshots["shop"].ruleset.flags["b"]["metadata"]["deployed"] is True
    assert [one.reason for one in after.diagnostics if one.severity is Severity.ERROR] == ["InvalidYaml"]
