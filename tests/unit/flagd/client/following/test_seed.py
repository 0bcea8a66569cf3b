"""Seed: what there is to answer from without a server."""

import json
import stat

import pytest

from flagd.client.following.seed import Seed
from flagd.last_good.file import LastGoodFile, State, StateError
from flagd.ruleset import RulesetError
from tests.unit.flagd.ruleset.contents import flag, make, many

FLAGS = [flag("a"), flag("b")]


def _kept(folder, *rulesets, name="kept"):
    LastGoodFile(folder, name).write(State({one.project: one for one in rulesets}, 1000.0))
    return LastGoodFile(folder, name)


def test_the_copy_on_disk_comes_before_the_bootstrap_and_says_how_old_it_is(tmp_path):
    hashed, origin, as_of = Seed("", _kept(tmp_path, many(3)), FLAGS).read()
    assert (hashed.ruleset.revision, origin, as_of) == (many(3).revision, "last good", 1000.0)


def test_the_copy_on_disk_is_for_its_owner_alone(tmp_path):
    _kept(tmp_path, many(3))
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600


def test_a_bootstrap_is_a_list_of_flags_what_flagctl_compile_writes_or_a_copy_from_elsewhere(tmp_path):
    compiled = tmp_path / "compiled.json"
    compiled.write_text(json.dumps(FLAGS))
    _kept(tmp_path, make({"a": flag("a"), "b": flag("b")}))
    for bootstrap in (FLAGS, compiled, str(compiled), tmp_path / "kept"):
        hashed, origin, _ = Seed("", None, bootstrap).read()
        assert (sorted(hashed.ruleset.flags), origin) == (["a", "b"], "bootstrap")


def test_what_is_damaged_is_passed_over_for_the_next_best(tmp_path):
    (tmp_path / "kept").write_bytes(b"damaged")
    assert Seed("", LastGoodFile(tmp_path, "kept"), FLAGS).read()[1] == "bootstrap"


def test_nothing_on_disk_yet_is_no_fault(tmp_path):
    assert Seed("", LastGoodFile(tmp_path, "kept"), None).read() is None


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", '[{"key": "a"}]', "[" * 100_000, '"flags"'])
def test_a_bootstrap_that_is_not_one_says_so(tmp_path, content):
    (tmp_path / "flags.json").write_text(content)
    with pytest.raises(StateError, match="the bootstrap is not used"):
        Seed("", None, tmp_path / "flags.json").read()


def test_a_bootstrap_that_is_not_there_says_so(tmp_path):
    with pytest.raises(StateError, match="no such file"):
        Seed("", None, tmp_path / "flags.json").read()


def test_a_copy_of_other_projects_says_which(tmp_path):
    kept = _kept(tmp_path, make(project="shop"), make(project="blog"))
    with pytest.raises(StateError, match="it holds shop, blog, not news"):
        Seed("news", kept, None).read()
    assert Seed("blog", kept, None).read()[0].ruleset.project == "blog"


def test_a_copy_whose_content_is_not_that_of_its_revision_is_not_used(tmp_path):
    ruleset = many(3)
    forged = type(ruleset)("p", many(3, f1=1).flags, {}, {}, {}, ruleset.revision)
    kept = LastGoodFile(tmp_path, "kept")
    kept.write(State({"p": forged}, 0.0))
    with pytest.raises((StateError, RulesetError)):
        Seed("", kept, None).read()
