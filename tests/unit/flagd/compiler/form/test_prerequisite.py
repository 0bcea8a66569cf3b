import pytest

from tests.unit.flagd.compiler.manifest import compiled, findings, flag, holdout, mutex, names, needing, only, segments

LOCAL = {"evaluationMode": "Local"}


def unmet(key: str, *variants: str) -> dict:
    return {"selector": ["result", key, "key"], "op": "is not", "values": list(variants)}


def member(name: str, group: str, slot: str | None = None, **spec):
    return flag(name, memberOf=[{"group": group, **({"slot": slot} if slot else {})}], **spec)


def test_all_prerequisites_must_be_met():
    result = compiled(needing("f", "p", "q"), flag("p"), flag("q"))
    assert segments(result, "f")[0] == {
        "conditions": [[unmet("p", "on")], [unmet("q", "on")]],
        "metadata": {"segmentName": "flag-dependencies"},
        "variant": "off",
    }
    assert only(result, "f")["dependencies"] == ["p", "q"]


def test_any_prerequisite_will_do():
    flags = [{"key": "p", "variants": ["on", "off"]}, {"key": "q", "variants": ["on"]}]
    result = compiled(flag("f", prerequisites={"match": "Any", "flags": flags}), flag("p"), flag("q"))
    assert segments(result, "f")[0]["conditions"] == [[unmet("p", "on", "off"), unmet("q", "on")]]


def test_members_of_a_group_need_their_slot_or_not_to_be_held_out():
    both = [{"group": "m", "slot": "slot-2"}, {"group": "h"}]
    result = compiled(flag("f", memberOf=both), mutex("m", slot_1=50, slot_2=50), holdout("h"))
    assert segments(result, "f")[0]["conditions"] == [[unmet("m", "slot-2")], [unmet("h", "on")]]
    assert only(result, "f")["dependencies"] == ["m", "h"]


def test_membership_is_needed_even_where_any_prerequisite_will_do():
    needs = {"match": "Any", "flags": [{"key": "p", "variants": ["on"]}]}
    result = compiled(flag("f", prerequisites=needs, memberOf=[{"group": "h"}]), flag("p"), holdout("h"))
    assert segments(result, "f")[0]["conditions"] == [[unmet("p", "on")], [unmet("h", "on")]]


def test_a_parent_that_is_named_twice_is_one_dependency():
    flags = [{"key": "p", "variants": ["on"]}, {"key": "p", "variants": ["off"]}]
    result = compiled(flag("f", prerequisites={"flags": flags}), flag("p"))
    assert only(result, "f")["dependencies"] == ["p"]


def test_a_parent_is_named_by_its_key():
    result = compiled(needing("f", "p"), flag("other-name", key="p"))
    assert result.diagnostics == []


@pytest.mark.parametrize(
    ("resources", "path", "reason"),
    [
        ([needing("f", "p")], "spec.prerequisites.flags[0].key", "ReferenceMissing"),
        (
            [needing("f", "p"), flag("p", variants=[{"key": "b"}])],
            "spec.prerequisites.flags[0].variants[0]",
            "UnknownVariant",
        ),
        ([needing("f", "p", **LOCAL), flag("p")], "spec.prerequisites.flags[0].key", "PrerequisiteNotLocal"),
        ([member("f", "m")], "spec.memberOf[0].group", "ReferenceMissing"),
        ([member("f", "p"), flag("p")], "spec.memberOf[0].group", "ReferenceMissing"),
        ([member("f", "m"), mutex("m", slot_1=100)], "spec.memberOf[0].slot", "InvalidSlot"),
        ([member("f", "m", "slot-2"), mutex("m", slot_1=100)], "spec.memberOf[0].slot", "InvalidSlot"),
        ([member("f", "m", "unallocated"), mutex("m", slot_1=100)], "spec.memberOf[0].slot", "InvalidSlot"),
        ([member("f", "h", "on"), holdout("h")], "spec.memberOf[0].slot", "InvalidSlot"),
    ],
)
def test_a_dependency_that_cannot_be_met_breaks_the_flag_alone(resources, path, reason):
    result = compiled(*resources)
    assert findings(result) == [("f", path, reason)]
    assert "f" not in result.ruleset.flags
    assert len(result.ruleset.flags) == len(resources) - 1


def test_what_a_parent_has_is_told():
    result = compiled(needing("f", "p"), flag("p", variants=[{"key": "b"}, {"key": "a"}]))
    assert result.diagnostics[0].message == "flag 'p' has no variant 'on'; it has a, b, off"


@pytest.mark.parametrize("group", [holdout("g"), mutex("g", slot_1=100)])
def test_a_local_flag_may_be_in_a_group(group):
    slot = "slot-1" if group.spec.type == "MutualExclusion" else None
    assert compiled(member("f", "g", slot, **LOCAL), group).diagnostics == []


def test_a_remote_flag_may_depend_on_a_local_one():
    assert compiled(needing("f", "p"), flag("p", **LOCAL)).diagnostics == []


def test_a_flag_whose_parent_is_broken_says_so():
    result = compiled(needing("f", "p"), needing("p", "none"))
    assert findings(result) == [
        ("f", "spec.prerequisites.flags[0].key", "ReferenceBroken"),
        ("p", "spec.prerequisites.flags[0].key", "ReferenceMissing"),
    ]
    assert result.flags == []


def test_a_cycle_is_refused_with_its_path_and_the_rest_compiles():
    result = compiled(needing("a", "b"), needing("b", "c"), needing("c", "p", "a"), flag("p"), needing("child", "p"))
    assert findings(result) == [
        ("a", "spec.prerequisites.flags[0].key", "CycleDetected"),
        ("b", "spec.prerequisites.flags[0].key", "CycleDetected"),
        ("c", "spec.prerequisites.flags[1].key", "CycleDetected"),
    ]
    assert [each.message.rpartition(": ")[2] for each in result.diagnostics] == [
        "a → b → c → a",
        "b → c → a → b",
        "c → a → b → c",
    ]
    assert list(result.ruleset.flags) == ["child", "p"]


def test_a_flag_that_needs_itself_is_a_cycle():
    result = compiled(needing("a", "a"))
    assert findings(result) == [("a", "spec.prerequisites.flags[0].key", "CycleDetected")]
    assert "a → a" in result.diagnostics[0].message


def test_a_membership_that_closes_a_cycle_is_told_at_the_membership():
    result = compiled(member("a", "b"), needing("b", "a"))
    assert findings(result)[0] == ("a", "spec.memberOf[0].group", "CycleDetected")


def test_inactive_flags_cannot_hide_a_cycle():
    result = compiled(needing("a", "b", active=False), needing("b", "a"))
    assert [reason for _, _, reason in findings(result)] == ["CycleDetected", "CycleDetected"]


def test_a_chain_of_two_thousand_flags_compiles():
    chain = [needing(f"f{index:04}", *([f"f{index + 1:04}"] if index < 1_999 else [])) for index in range(2_000)]
    result = compiled(*chain)
    assert result.diagnostics == []
    assert names(result, "f0000") == ["flag-dependencies", "All Other Users"]
