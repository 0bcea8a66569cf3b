import pytest

from tests.unit.flagd.compiler.manifest import compiled, findings, flag, needing, only, resource

OLD, NEW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def aged(name: str, created: str, uid: str = "", **spec):
    return flag(name, meta={"creationTimestamp": created, "uid": uid}, key="k", **spec)


def owner(result) -> str:
    return result.owner("k").name


def test_the_oldest_has_the_key_and_the_other_is_told():
    result = compiled(aged("new", NEW), aged("old", OLD))
    assert owner(result) == "old"
    assert findings(result) == [("new", "spec.key", "KeyConflict")]
    assert result.diagnostics[0].message.startswith("the key 'k' is also used by Flag old")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (aged("b", OLD, uid="1"), aged("a", OLD, uid="2")),
        (aged("a", OLD), aged("b", OLD)),
        (aged("b", OLD), aged("a", "")),
    ],
)
def test_of_the_same_age_the_lower_uid_then_name_has_the_key(first, second):
    assert owner(compiled(second, first)) == first.metadata.name


def test_in_files_nothing_is_older_and_all_are_refused():
    result = compiled(aged("a", ""), aged("b", ""), flag("other"))
    assert findings(result) == [("a", "spec.key", "KeyConflict"), ("b", "spec.key", "KeyConflict")]
    assert list(result.ruleset.flags) == ["other"]


def test_a_flag_and_a_group_cannot_share_a_key():
    group = resource("FlagGroup", "k", {"type": "Holdout", "holdout": {"percent": 10}})
    result = compiled(group, flag("f", key="k"))
    assert findings(result) == [("f", "spec.key", "KeyConflict"), ("k", "metadata.name", "KeyConflict")]


def test_a_broken_winner_does_not_leave_the_key_to_the_loser():
    result = compiled(aged("old", OLD, offTesters={"cohorts": ["none"]}), aged("new", NEW))
    assert result.flags == []
    assert [reason for _, _, reason in findings(result)] == ["KeyConflict", "ReferenceMissing"]


def test_when_the_winner_goes_the_other_takes_over():
    old, new = aged("old", OLD), aged("new", NEW, offPayload=1)
    result = compiled(old, new).update([], [old.ref])
    assert result.diagnostics == []
    assert owner(result) == "new"
    assert only(result, "k")["variants"]["off"]["payload"] == 1


def test_when_a_flag_changes_its_key_both_keys_follow():
    result = compiled(flag("f", key="k"), needing("g", "k"))
    result = result.update([flag("f", key="l"), needing("h", "l")])
    assert findings(result) == [("g", "spec.prerequisites.flags[0].key", "ReferenceMissing"), ("k", "", "Retained")]
    assert set(result.ruleset.flags) == {"g", "h", "k", "l"}, "g was good with k"
