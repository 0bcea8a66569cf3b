"""The page of the Python client, followed from an empty environment: the base install, and what its commands name."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from flagd.transport.envoy import missing
from tests.docs.page import ROOT, blocks, commands, pattern
from tests.installed import Installation, build_wheel, closure, distribution, link
from tests.wire.conftest import running

PAGE = Path("docs/python-client.md")
NEEDS = {"ask.py": "grpc", "pytest": "pytest"}
"""What a command needs beside the base install, as the page says."""
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}")


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    made = Installation(build_wheel(tmp_path_factory.mktemp("wheel")), tmp_path_factory.mktemp("installation"))
    pytest_itself = distribution("pytest")
    for each in [pytest_itself, *closure(pytest_itself, None)]:
        link(each, made.packages("pytest"))
    return made


def _typed(command):
    return shlex.split(command.text.removesuffix(" 2>/dev/null"))


def test_the_page_leads_from_an_empty_environment_to_decisions_tests_forks_and_no_server(
    installation, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (manifest,) = (block for block in blocks(PAGE) if block.path.endswith(".yaml"))
    Path(manifest.path).write_text(manifest.text)
    ran = []
    with running(tmp_path / "shop", "--transport", "envoy") as flagd:
        for block in blocks(PAGE):
            if block.path:
                Path(block.path).write_text(block.text.replace("localhost:8013", flagd.listen))
            for command in commands(block) if block.language == "console" else ():
                words = _typed(command)
                if words[0] == "flagctl":
                    _compile(words)
                elif words[0] == "python":
                    _check(installation, words, command)
                    ran.append(words[2] if words[1] == "-m" else words[1])
    assert ran == ["decide.py", "ask.py", "pytest", "workers.py", "down.py"]


def _compile(words):
    with Path(words[-1]).open("w") as file:
        flagctl = Path(sys.executable).with_name("flagctl")
        subprocess.run([flagctl, *words[1:-2]], stdout=file, check=True)


def _check(installation, words, command):
    extra = next((needed for word, needed in NEEDS.items() if word in words), None)
    done = installation.run(extra, *words)
    assert pattern(command.output).fullmatch(done.stdout), f"{command.text}\n{done.stdout}\n{done.stderr}"


CLIENT, PROVIDER, FORK = "test_client.py", "test_openfeature.py", "test_fork.py"
ROWS = [
    (
        "no server yet, nothing on disk",
        CLIENT,
        "before_there_is_anything_lookups_give_the_default_and_say_why",
        "nobody_there_is_no_fault_of_the_caller",
        "the_log_says_why_there_is_no_stream_once_for_each_reason",
    ),
    ("the server stops", CLIENT, "a_stream_that_breaks_is_opened_again_with_what_is_held"),
    ("flagd loses its own source", CLIENT, "health_says_how_old_what_is_held_is_where_the_server_has_lost_touch"),
    ("the key is revoked", CLIENT, "whatever_a_bad_server_says_the_last_good_stays_and_health_says_why"),
    (
        "a ruleset is damaged or too large",
        CLIENT,
        "after_a_refusal_everything_is_asked_for_again",
        "a_ruleset_too_large_to_be_sent_leaves_the_last_good_and_health_says_so",
    ),
    (
        "a proxy answers, a redirect, endless or slow bytes",
        CLIENT,
        "whatever_a_bad_server_says_the_last_good_stays_and_health_says_why",
        "a_redirect_is_not_followed_and_the_key_goes_nowhere_else",
        "a_server_that_falls_silent_and_one_that_sends_byte_by_byte_are_given_up",
    ),
    (
        "unknown flag, or mode Remote in local evaluation",
        CLIENT,
        "whatever_is_wrong_with_a_lookup_gives_the_default_and_one_line_of_log",
    ),
    ("invalid user", CLIENT, "whatever_is_wrong_with_a_lookup_gives_the_default_and_one_line_of_log"),
    (
        "no segment applies to the user",
        CLIENT,
        "a_flag_that_decides_nothing_for_a_user_gives_the_default_and_is_no_error",
    ),
    ("wrong type (OpenFeature)", PROVIDER, "a_value_of_another_type_is_a_mismatch_and_the_callers_default"),
    ("a fork", FORK, "a_child_answers_from_what_the_parent_held_and_opens_a_stream_of_its_own"),
    ("the interpreter exits", CLIENT, "the_end_of_the_interpreter_closes_the_stream_and_says_nothing"),
]
"""The tests that show each row of the table "What happens when"."""


def test_every_row_of_what_happens_when_is_shown_by_a_test():
    table = (ROOT / PAGE).read_text().partition("## What happens when\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == [row for row, *_ in ROWS]
    for _, file, *names in ROWS:
        text = (ROOT / "tests" / "unit" / "flagd" / "client" / file).read_text()
        assert [name for name in names if f"def test_{name}(" not in text] == []
