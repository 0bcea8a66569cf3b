"""Updates: what differs between two rulesets, over the wire and back; lies and damage are refused."""

import gzip
from dataclasses import replace

import pytest
from hypothesis import given

from flagd.ruleset import Cohort, Deployment, RulesetError, canonical_json
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.sync.update import UnknownBaseError, apply_update, compress, decompress, make_update
from flagd.v1.ruleset_pb2 import CohortEntry, DeploymentEntry, FlagEntry, Update
from tests.unit.flagd.ruleset.contents import RULESETS, flag, make, many

EMPTY = HashedRuleset.empty("p")


def sent(before, after):
    """What arrives of an update."""
    return Update.FromString(make_update(before, after).SerializeToString())


@given(RULESETS, RULESETS)
def test_an_update_makes_one_ruleset_of_the_other_to_the_byte(before, after):
    edition = apply_update(sent(before, after), HashedRuleset.of(before))
    assert edition.ruleset == after
    assert canonical_json(edition.ruleset.as_json()) == canonical_json(after.as_json())


@given(RULESETS, RULESETS)
def test_a_whole_update_makes_it_of_anything(held, after):
    edition = apply_update(sent(None, after), HashedRuleset.of(held))
    assert canonical_json(edition.ruleset.as_json()) == canonical_json(after.as_json())


def test_an_update_after_one_edit_holds_one_flag():
    update = make_update(many(1000), many(1000, f7=1))
    assert [entry.key for entry in update.flags] == ["f7"]
    assert update.ByteSize() < 400


def test_cohorts_are_sent_only_when_they_changed():
    cohort = Cohort("User", frozenset(map(str, range(1000))))
    before = make({"a": flag("a")}, cohorts={"c": cohort})
    assert not make_update(before, make({"a": flag("a", x=1)}, cohorts={"c": cohort})).cohorts


def test_a_whole_update_leaves_flags_that_are_held_already_the_same_objects():
    held = HashedRuleset.of(many(3))
    edition = apply_update(sent(None, many(3, f1=1)), held)
    assert [edition.ruleset.flags[key] is held.ruleset.flags[key] for key in ("f0", "f1", "f2")] == [True, False, True]


@pytest.mark.parametrize("quick", [True, False])
def test_flags_of_an_update_hold_equal_names_and_texts_once(monkeypatch, quick):
    if not quick:
        monkeypatch.setattr("flagd.sync.update._quick", None)
    flags = apply_update(sent(None, make({key: flag(key, note="an equal text") for key in "ab"})), EMPTY).ruleset.flags
    one, other = ({id(text) for pair in flags[key].items() for text in pair if text != key} for key in "ab")
    assert len(one & other) >= len(flags["a"]), "every name, and the text"


def test_an_update_from_a_revision_that_is_not_held_is_refused():
    with pytest.raises(UnknownBaseError, match="is not held"):
        apply_update(sent(many(1), many(2)), EMPTY)


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (Update(revision="0" * 64), f"not {'0' * 64}"),
        (Update(flags=[FlagEntry(key="a", json=b"{")]), "the flag 'a' is not JSON"),
        (Update(flags=[FlagEntry(key="a", json=b"[" * 100_000)]), "the flag 'a' is not JSON"),
        (Update(flags=[FlagEntry(key="a", json=b"[]")]), r"flags\[0\] is list, not dict"),
        (Update(flags=[FlagEntry(key="a", json=canonical_json(flag("b")))]), "the entry 'a' holds another flag"),
        (Update(flags=[FlagEntry(key="a", json=canonical_json(flag("a", dependencies=[[]])))]), "dependencies"),
        (Update(deployments=[DeploymentEntry(name="d", type="Root")]), "neither Client nor Server"),
        (Update(deployments=[DeploymentEntry(name="d", type="Client", key_hashes=["x"])]), "sha256:<64"),
    ],
)
def test_what_is_malformed_or_lies_is_refused_with_the_reason(update, message):
    with pytest.raises(RulesetError, match=message):
        apply_update(update, EMPTY)


@pytest.mark.parametrize(
    "damage",
    [
        lambda update: update.flags.pop(),
        lambda update: update.flags[0].deployments.append("web"),
        lambda update: update.cohorts.append(CohortEntry(id="c", unit="User")),
        lambda update: setattr(update.flags[0], "json", update.flags[0].json.replace(b"x", b"y")),
    ],
)
def test_content_that_is_not_what_the_revision_says_is_refused(damage):
    update = make_update(None, many(2))
    damage(update)
    with pytest.raises(RulesetError, match="the content is that of revision"):
        apply_update(update, EMPTY)


@pytest.mark.parametrize("value", [2**70, "\ud800", 1e300, 10**400])
def test_values_that_the_quick_parser_refuses_or_rounds_arrive_exact(value):
    ruleset = make({"a": flag("a", x=value)})
    assert apply_update(sent(None, ruleset), EMPTY).ruleset.flags["a"]["x"] == value


def test_a_refused_update_leaves_what_is_held_alone():
    held = HashedRuleset.of(many(2))
    with pytest.raises(RulesetError):
        apply_update(Update(revision="x", base_revision=held.ruleset.revision, removed_flags=["f0"]), held)
    assert held.ruleset == many(2)


def test_members_and_hashes_arrive_in_any_order():
    ruleset = make(
        cohorts={"c": Cohort("User", frozenset("ba"))},
        deployments={"d": Deployment("Server", frozenset({f"sha256:{'0' * 64}", f"sha256:{'f' * 64}"}))},
    )
    update = make_update(None, ruleset)
    update.cohorts[0].members.reverse()
    update.deployments[0].key_hashes.reverse()
    assert apply_update(update, EMPTY).ruleset == replace(ruleset)


def test_compression_is_undone():
    data = b"flags" * 1000
    assert decompress(compress(data), 5000) == data
    assert gzip.decompress(compress(data)) == data
    assert len(compress(data)) < 100


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no gzip", "damaged"),
        (compress(b"x" * 100)[:-1], "cut short"),
        (compress(b"x" * 10_000_000), "larger than 1000 bytes"),
    ],
)
def test_compressed_data_is_read_only_as_far_as_the_limit(data, message):
    with pytest.raises(RulesetError, match=message):
        decompress(data, 1000)
