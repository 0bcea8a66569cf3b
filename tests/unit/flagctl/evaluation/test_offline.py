import json

import pytest

from tests.unit.flagctl.manifest import flag

USER = ("--user", '{"user_id": "ann"}', "--output", "json")


def variants(result):
    return json.loads(result.stdout)["variants"]


def test_manifests_answer_as_a_server_would(run, write):
    path = write(
        "f.yaml", [flag("on"), flag("off", active=False), flag("payload", variants=[{"key": "on", "payload": 1}])]
    )
    found = variants(run("eval", path, *USER))
    assert {key: (one["key"], one["reason"]) for key, one in found.items()} == {
        "on": ("on", "STATIC"),
        "off": ("off", "DISABLED"),
        "payload": ("on", "STATIC"),
    }
    assert found["payload"]["payload"] == 1


def test_a_group_is_no_flag_that_can_be_asked_for(run, write):
    group = flag("slots") | {"kind": "FlagGroup", "spec": {"type": "Holdout", "holdout": {"percent": 5}}}
    path = write("f.yaml", [flag("checkout"), group])
    assert variants(run("eval", path, *USER)).keys() == {"checkout"}
    assert run("eval", path, *USER, "--flag", "slots").exit_code == 1


@pytest.mark.parametrize(("key", "says"), [("chekout", 'did you mean "checkout"'), ("broken", "it does not compile: ")])
def test_a_flag_without_an_answer_says_why(run, write, key, says):
    path = write("f.yaml", [flag("checkout"), flag("broken", allOtherUsers={"percent": 101})])
    result = run("explain", path, "--user", '{"user_id": "ann"}', "--flag", key)
    assert result.exit_code == 1
    assert says in result.output
    assert "1 error in these manifests" in result.stderr
