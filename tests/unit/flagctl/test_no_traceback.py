"""Whatever flagctl is given, it ends with an exit code that says how and words that say why, never a traceback."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
import pytest

from flagctl import ending
from flagctl.commands import ROOMS
from flagctl.group import flagctl
from tests.unit.flagctl.conftest import PROGRAM
from tests.unit.flagctl.damage import EXAMPLES, damaged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SEED = 20261129
ANN = '{"user_id": "ann", "country": "US", "user_properties": {"plan": "pro"}}'
READERS = (
    ("lint",),
    ("lint", "--output", "json"),
    ("lint", "--output", "github"),
    ("lint", "--output", "sarif"),
    ("compile",),
    ("compile", "--delivery", "local"),
    ("eval", "--user", ANN),
    ("eval", "--user", ANN, "--output", "json"),
    ("explain", "--user", ANN),
    ("stale", "--today", "2030-01-01"),
)
SILENT = frozenset({"lint", "stale"})
"""Commands whose answer no is on standard output."""


def check(arguments: Sequence[str], code: int, out: str, err: str) -> None:
    """Fail unless flagctl ended as it should."""
    what = f"flagctl {' '.join(map(repr, arguments))[:600]}: {code}\n{err[-1500:]}"
    assert code in {0, 1, 2, 3}, what
    assert "Traceback" not in out + err, what
    assert "bug in flagctl" not in err, what
    assert code == 0 or err.strip() or (arguments[0] in SILENT and out.strip()), f"it says nothing: {what}"


def called(capsys: pytest.CaptureFixture[str], *arguments: str) -> int:
    """Call flagctl in this process, and check how it ended."""
    code = ending.run(arguments)
    check(arguments, code, *capsys.readouterr())
    return code


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.long)])
def test_of_damaged_manifests(count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, codes = tmp_path / "damaged.yaml", set()
    for number, data in enumerate(islice(damaged(SEED), count)):
        path.write_bytes(data)
        for command in (READERS[number % len(READERS)], READERS[0]):
            codes.add(called(capsys, *command, str(path)))
    assert codes >= {0, 1}


USERS = (
    "",
    " ",
    "{",
    "[]",
    "null",
    "1",
    '"ann"',
    "[" * 100_000,
    '{"a":' * 50_000,
    "{}{}",
    "\ufeff{}",
    "\udcff",
    '{"user_id": "\\ud800"}',
    '{"user_id": 1}',
    '{"user_id": null}',
    '{"user_properties": {"a": 1e999}}',
    '{"user_properties": {"a": NaN}}',
    '{"a": 1, "a": 2}',
    f'{{"user_properties": {{"a": {"9" * 5000}}}}}',
    f'{{"user_id": "{"x" * 100_000}"}}',
    '{"groups": {"a": 1}}',
    "@",
    "@/",
    "@\udcff",
    '{"user_properties": {"a": ' + "[" * 500 + "]" * 500 + "}}",
    '{"groups": {"": [""]}}',
    '{"group_properties": {"a": {"b": 1}}}',
    "@no-such-file",
    "@" + "x" * 5000,
    "@/proc/self/mem",
    "@/dev/null",
    "\u202e",
    "-",
    '{"user_properties": {"": {"": {"": []}}}}',
)
ODD = (
    "",
    " ",
    "--",
    "-",
    "\udcff",
    "é\u202e",
    "x" * 10_000,
    "1e400",
    "nan",
    "-1",
    "0",
    "\n",
    "\x1b[31m",
    "a:b",
    "💥",
    "@",
    "=",
)
SERVERS = (
    "",
    ":",
    "localhost:",
    "localhost:0",
    "localhost:99999",
    "[::1",
    "[::1]:x",
    "http://x",
    "unix:/x",
    "a b",
    "\udcff:1",
    "x" * 300,
    "💥",
    "dns:///x",
    "127.0.0.1:1",
    "[::1]:1",
    "no-such-host.invalid",
    "ipv4:1.2.3.4",
    "-",
    "%00",
    "a:b:c",
    "..",
    "127.0.0.1:1/x",
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where "." is little, and there is nobody to ask."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setenv("KUBECONFIG", "/dev/null")


def files(folder: Path) -> list[str]:
    """Return paths that name something other than a manifest."""
    made = {
        "binary.yaml": os.urandom(4096),
        "huge.yaml": b"a: " + b"x" * (5 << 20),
        "empty.yaml": b"",
        "nul.yaml": b"a\0b",
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    (folder / "loop").symlink_to("loop")
    (folder / "nowhere.yaml").symlink_to("nothing")
    (folder / "folder.yaml").mkdir()
    (folder / "bad-\udcff.yaml").write_bytes(b"kind: Flag\n")
    (folder / "shut").mkdir(mode=0)
    beyond = ["empty.yaml/x", "x" * 300, "a/" * 3000, "no\nsuch\x1b[31m", "loop/x"]
    there = [
        str(folder / name)
        for name in (*made, "loop", "nowhere.yaml", "folder.yaml", "bad-\udcff.yaml", "shut", *beyond)
    ]
    return [*there, str(folder), "/dev/null", "/proc/self/mem", "/proc/self/fd", "", "."]


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def test_of_paths_that_are_no_manifests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in files(tmp_path):
        for command in READERS:
            called(capsys, *command, path)
        called(capsys, "apply", path, "--kubeconfig", "/dev/null")
        called(capsys, "apply", str(EXAMPLES[0]), "--kubeconfig", path)
        called(capsys, "new", "A flag", "--write", path)
        called(capsys, "eval", str(EXAMPLES[0]), "--user", f"@{path}")
        called(capsys, "eval", "--server", closed_port(), "--timeout", "0.2", "--user", ANN, "--ca", path)


@pytest.mark.parametrize("command", ["eval", "explain"])
def test_of_odd_users(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for user in USERS:
        called(capsys, command, str(EXAMPLES[0]), "--user", user)
        called(capsys, command, "--server", closed_port(), "--timeout", "0.2", "--user", user)


def test_of_odd_servers(capsys: pytest.CaptureFixture[str]) -> None:
    for server in SERVERS:
        called(capsys, "eval", "--server", server, "--timeout", "0.2", "--user", ANN)
        called(capsys, "stale", str(EXAMPLES[0]), "--metrics", server)


def parameters() -> list[tuple[str, click.Command, click.Parameter]]:
    found = []
    for name in ROOMS:
        command = flagctl.get_command(click.Context(flagctl), name)
        assert command is not None
        pairs = (
            [(f"{name} {sub}", each) for sub, each in command.commands.items()]
            if isinstance(command, click.Group)
            else [(name, command)]
        )
        found += [(full, each, parameter) for full, each in pairs for parameter in each.params]
    return found


def call_with(command: click.Command, odd: click.Parameter, value: str) -> list[str]:
    """Return arguments that are right but for one."""
    good: dict[str, list[str]] = {
        "paths": [str(EXAMPLES[0])],
        "user": ["--user", ANN],
        "name": ["A flag"],
        "shell": ["bash"],
    }
    arguments = [word for each in command.params if each is not odd for word in good.get(str(each.name), ())]
    if isinstance(odd, click.Option):
        return (
            [*arguments, odd.opts[0]]
            if odd.is_flag
            else [*arguments, f"{odd.opts[0]}={value}" if odd.opts[0].startswith("--") else odd.opts[0]]
        )
    return [*arguments, value]


def test_of_odd_values_of_every_option(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flagctl.dashboard.opening.serve", lambda *_, **__: None)  # would serve until Ctrl-C
    for name, command, parameter in parameters():
        for value in ODD:
            called(capsys, *name.split(), *call_with(command, parameter, value))


def test_of_words_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(SEED)
    options = [word for _, _, parameter in parameters() for word in parameter.opts]
    words = [*ROOMS, *options, *ODD, str(EXAMPLES[0]), ANN, "json", "new", "hash"]
    for _ in range(500):
        called(capsys, *rng.choices(words, k=rng.randrange(1, 6)))


def shell(line: str, **options: Any) -> tuple[int, str, str]:
    """Run a line of shell in which $F is flagctl and $M a manifest."""
    environment = {**os.environ, "F": str(PROGRAM), "M": str(EXAMPLES[0]), **options}
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=120, check=False, env=environment)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


@pytest.mark.parametrize(
    "line",
    [
        "$F lint - <&-",
        "$F lint - </",
        "$F lint - </dev/urandom",
        "$F key hash <&-",
        "$F key hash </",
        "$F key hash </dev/urandom",
        "$F eval $M --user - <&-",
        "$F eval $M --user - </",
        "$F lint $M >/dev/full",
        "$F compile $M >/dev/full",
        "$F --help >/dev/full",
        "$F crds >/dev/full",
        "$F lint $M >&-",
        "$F compile $M >&-",
        "$F lint nothing 2>&-",
        "$F lint nothing 2>/dev/full",
        "$F lint $M <&- >&- 2>&-",
    ],
)
def test_of_standard_streams_that_are_closed_or_full(line: str) -> None:
    code, out, err = shell(line)
    assert code in {0, 1, 2, 3}, err
    assert "Traceback" not in out + err
    assert "bug in flagctl" not in err
    assert not ("/dev/full" in line and "2>" not in line) or (code == 3 and "No space left" in err)


def test_of_output_that_its_encoding_cannot_show(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: flagoperator.dev/v1alpha1\nkind: Flág\nmetadata: {name: 日本}\n")
    code, out, err = shell(f"$F lint {tmp_path}", PYTHONIOENCODING="latin-1")
    assert (code, err) == (1, "")
    assert r"default/\u65e5\u672c" in out


@pytest.mark.parametrize("command", ["crds", "compile $M", "lint --output sarif $M"])
def test_of_readers_that_go_away(command: str) -> None:
    code, _, err = shell(f"{{ $F {command}; echo $? >&2; }} | true")
    assert code == 0
    assert err.strip() in {"0", "141"}, "0 where it was quicker than its reader"


INTERRUPTED = """
import atexit, os, signal, sys
class Hook:
    def find_spec(self, name, *_):
        if name == sys.argv[0]:
            os.kill(os.getpid(), signal.SIGINT)
moment = sys.argv.pop(0) if sys.argv[0] != "-c" else sys.argv.pop(1)
sys.argv[0] = moment
sys.meta_path.insert(0, Hook())
if moment == "the end":
    atexit.register(os.kill, os.getpid(), signal.SIGINT)
from flagctl.cli import main
main()
"""


@pytest.mark.parametrize(
    "moment",
    ["click", "flagctl.group", "flagctl.commands.answers.explain", "pydantic", "yaml", "flagd.compiler", "the end"],
)
def test_of_ctrl_c_at_any_moment(moment: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, moment, "explain", "--user", ANN, str(EXAMPLES[0])]
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (130, b"")
