"""A program that the fork server starts behaves as one that is executed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.surroundings import OF_PYTEST
from tests.wire.forked import BIN, Forked, start
from tests.wire.process import SECONDS, Flagd

if TYPE_CHECKING:
    from pathlib import Path

FLAGD = str(BIN / "flagd")


@pytest.mark.parametrize(
    "words",
    [["serve", "--manifests", "flags", "--deployment-keys", "maybe"], ["serve", "--manifests", "gone"], ["nonsense"]],
)
def test_it_says_and_returns_what_an_executed_one_does(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flags").mkdir()
    monkeypatch.chdir(tmp_path)
    forked = start([FLAGD, *words])
    assert isinstance(forked, Forked)
    with forked.stderr:
        said, code = forked.stderr.read(), forked.wait(SECONDS)
    executed = subprocess.run([FLAGD, *words], capture_output=True, text=True, check=False)
    assert (said, code) == (executed.stderr, executed.returncode)


def test_it_reports_the_signal_that_killed_it_and_takes_no_other_with_it(tmp_path: Path) -> None:
    first, second = Flagd(tmp_path, "--transport", "grpcio"), Flagd(tmp_path, "--transport", "grpcio")
    assert isinstance(first._process, Forked)
    first._process.kill()
    assert first.wait() == -9
    assert first.exit_code == -9
    assert second.exit_code is None
    first.stop()
    assert second.stop() == 0


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "GRPC_VERBOSITY"])
def test_one_whose_imports_were_prepared_is_executed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    executed = start([FLAGD, "nonsense"])
    assert isinstance(executed, subprocess.Popen)
    with executed:
        assert executed.wait(SECONDS) == 2


def test_one_that_no_test_starts_is_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OF_PYTEST)
    executed = start([FLAGD, "nonsense"])
    monkeypatch.undo()
    assert isinstance(executed, subprocess.Popen)
    with executed:
        assert executed.wait(SECONDS) == 2


def test_one_of_whom_nobody_wants_to_know_the_end_harms_no_other() -> None:
    forgotten = start([FLAGD, "nonsense"])
    assert isinstance(forgotten, Forked)
    forgotten._told.close()
    with forgotten.stderr:
        forgotten.stderr.read()
    another = start([FLAGD, "nonsense"])
    with another.stderr:
        assert another.wait(SECONDS) == 2
