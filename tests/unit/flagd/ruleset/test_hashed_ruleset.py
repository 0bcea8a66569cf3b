from dataclasses import replace

import pytest

from flagd.ruleset import RulesetError
from flagd.ruleset.change import find_change
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.revision import hash_json
from tests.unit.flagd.compiler.manifest import cohort, compiled, deployment, flag

SOME = compiled(flag("f"), cohort("c", members=("ann",))).ruleset
MORE = compiled(flag("f", active=False), flag("g", deployments=["web"]), deployment("web")).ruleset


def test_nothing_has_a_revision_too():
    empty = HashedRuleset.empty("default")
    assert empty.ruleset.revision == empty.digest.revision == compiled().revision


def test_content_that_is_not_of_its_revision_is_refused():
    with pytest.raises(RulesetError, match="the content is that of revision"):
        HashedRuleset.of(replace(SOME, revision="r"))


def test_a_change_leads_to_the_revision_of_all_that_is_there_then():
    changed = HashedRuleset.of(SOME).changed(find_change(SOME, MORE))
    assert changed.ruleset.revision == MORE.revision
    assert (dict(changed.ruleset.flags), dict(changed.ruleset.cohorts)) == (dict(MORE.flags), dict(MORE.cohorts))
    assert dict(changed.ruleset.visibility) == dict(MORE.visibility)


def test_what_is_not_json_has_no_revision():
    change = replace(find_change(SOME, MORE), flags={"f": {"key": "f", "variants": {"on": object()}}})
    with pytest.raises(RulesetError, match="not JSON"):
        HashedRuleset.of(SOME).changed(change)


def test_a_hash_that_is_known_is_not_computed_again():
    change = find_change(SOME, MORE)
    known = {key: hash_json(flag) for key, flag in MORE.flags.items()}
    assert HashedRuleset.of(SOME).changed(replace(change, hashes=known)).ruleset.revision == MORE.revision
    taken = HashedRuleset.of(SOME).changed(replace(change, hashes=known | {"f": known["g"]}))
    assert taken.ruleset.revision != MORE.revision
