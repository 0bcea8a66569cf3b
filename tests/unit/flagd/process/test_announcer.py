from __future__ import annotations

import json
import logging

import pytest

from flagd.compiler import compile_project
from flagd.manifest import read_text
from flagd.process.announcer import Announcer
from flagd.process.log import JsonFormatter

HEAD = "{apiVersion: flagoperator.dev/v1alpha1, metadata: {namespace: shop, name: %s}, kind: %s, spec: %s}\n---\n"


def flag(name, percent=100):
    return HEAD % (name, "Flag", f"{{active: true, variants: [{{key: a}}], allOtherUsers: {{percent: {percent}}}}}")


def group(name):
    return HEAD % (name, "FlagGroup", "{type: Holdout, holdout: {percent: 10}}")


def cohort(name, member):
    return HEAD % (name, "FlagCohort", f"{{members: [{member}]}}")


def ruleset(text):
    return compile_project(read_text(text, "a.yaml").resources, project="shop").ruleset


@pytest.fixture
def announcer(caplog):
    caplog.set_level(logging.INFO)
    return Announcer()


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        (flag("a"), "1 flag"),
        (flag("a") + flag("b"), "2 flags"),
        (flag("a") + group("g"), "1 flag, 1 group"),
        (group("g") + group("h"), "0 flags, 2 groups"),
    ],
)
def test_flags_and_groups_are_counted_each_for_itself(announcer, caplog, text, counted):
    one = ruleset(text)
    announcer.tell(one)
    assert caplog.messages == [f"project shop: revision {one.revision[:8]}, {counted}"]


def test_what_changed_is_named_and_bounded(announcer, caplog):
    announcer.tell(ruleset("".join(map(flag, "abcdefg")) + cohort("beta", "SECRET")))
    changed = "".join(flag(name, 50) for name in "abcde") + flag("h") + cohort("beta", "HIDDEN")
    announcer.tell(ruleset(changed))
    assert caplog.messages[1].partition("; ")[2] == ("added h; changed a, b, c and 3 more; removed f, g")
    assert "6 flags;" in caplog.messages[1]
    assert "HIDDEN" not in caplog.text


def test_the_same_revision_is_told_once_and_a_project_that_is_gone_too(announcer, caplog):
    one = ruleset(flag("a"))
    announcer.tell_all({"shop": one})
    announcer.tell_all({"shop": one})
    announcer.tell_all({})
    announcer.tell_all({})
    assert [each.partition(":")[0] for each in caplog.messages] == ["project shop", "project shop is gone"]


def test_what_is_known_from_before_a_restart_tells_what_changed(announcer, caplog):
    announcer.remember(ruleset(flag("a")))
    announcer.tell(ruleset(flag("a", 5)))
    assert caplog.messages[0].endswith("1 flag; changed a")


def test_json_has_project_revision_and_flag_as_fields(announcer, caplog):
    announcer.remember(ruleset(flag("a")))
    after = ruleset(flag("a", 5))
    announcer.tell(after)
    line = json.loads(JsonFormatter().format(caplog.records[0]))
    assert (line["project"], line["revision"], line["flag"]) == ("shop", after.revision, "a")


def test_flags_that_no_key_opens_are_warned_of_with_every_revision_where_keys_are_required(caplog):
    caplog.set_level(logging.WARNING)
    seen = HEAD % ("seen", "Flag", '{variants: [{key: "on"}], deployments: [web]}')
    announcer = Announcer(keys_required=True)
    announcer.tell(ruleset(seen + group("g")))
    assert caplog.messages == []
    both = ruleset(seen + group("g") + flag("a") + flag("b"))
    announcer.tell(both)
    announcer.tell(both)
    told = "project shop: callers need a key, and nobody sees 2 flags without spec.deployments: a, b"
    assert caplog.messages == [told]
    announcer.tell(ruleset(flag("a")))
    assert caplog.messages[1:] == [
        "project shop: callers need a key, and nobody sees 1 flag without spec.deployments: a"
    ]
    Announcer().tell(both)
    assert len(caplog.messages) == 2


def test_who_opens_a_flag_is_looked_up_for_what_changed_alone(caplog, monkeypatch):
    caplog.set_level(logging.WARNING)
    announcer, text = Announcer(keys_required=True), "".join(flag(f"f{number}") for number in range(5))
    first = compile_project(read_text(text).resources, project="shop")
    announcer.tell(first.ruleset)
    looked = []
    monkeypatch.setattr("flagd.process.announcer.noun", lambda one: looked.append(one["key"]) or "flag")
    seen = HEAD % ("f1", "Flag", '{variants: [{key: "on"}], deployments: [web]}')
    edited = first.update(read_text(seen + flag("f2", 5)).resources, [read_text(flag("f0")).resources[0].ref])
    announcer.tell(edited.ruleset)
    assert sorted(looked) == ["f1", "f2"]
    assert "nobody sees 5 flags" in caplog.messages[0]
    assert "nobody sees 3 flags without spec.deployments: f2, f3, f4" in caplog.messages[1]
    announcer.remember(first.ruleset)
    announcer.tell(edited.ruleset)
    assert caplog.messages[2] == caplog.messages[1]
