import json

import pytest

from tests.unit.flagctl.manifest import flag

USER = '{"user_id": "ann"}'


@pytest.fixture
def flags(write):
    return write("f.yaml", flag("checkout"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give PATH of manifests"),
        (["-", "--user", "-"], "standard input can be the manifests or the user"),
        (["x", "--server", "localhost:1"], "either PATH or --server, not both"),
        (["x", "--flag", "a\x1bb"], "contains control characters"),
        (["x", "--user", "{"], "--user: "),
    ],
)
def test_a_question_that_cannot_be_asked_is_wrong_use(run, arguments, says):
    user = [] if "--user" in arguments else ["--user", USER]
    result = run("eval", *arguments, *user)
    assert result.exit_code == 2
    assert says in result.stderr


def test_the_user_may_come_from_a_file_or_from_standard_input(run, flags, tmp_path):
    (tmp_path / "user.json").write_text(USER)
    for user, stdin in ((f"@{tmp_path / 'user.json'}", None), ("-", USER)):
        result = run("eval", flags, "--user", user, "--output", "json", stdin=stdin)
        assert json.loads(result.stdout)["variants"].keys() == {"checkout"}


def test_a_user_that_cannot_be_read_is_said_to_be(run, flags, tmp_path):
    (tmp_path / "latin1.json").write_bytes(b'{"user_id": "\xe9"}')
    gone, latin = (run("eval", flags, "--user", f"@{tmp_path / name}") for name in ("gone.json", "latin1.json"))
    assert (gone.exit_code, latin.exit_code) == (3, 2)
    assert "cannot read" in gone.stderr
    assert "not UTF-8" in latin.stderr


def test_a_flag_that_is_named_twice_is_asked_for_once(run, flags):
    result = run("eval", flags, "--user", USER, "--flag", "checkout", "--flag", "checkout")
    assert result.stdout.count("checkout") == 1
