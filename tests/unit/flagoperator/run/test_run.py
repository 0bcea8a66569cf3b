"""A run ends when it is told to, and also when a part of it has ended: then it says so by its exit code."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from flagd.process import log
from flagoperator.cli import main
from flagoperator.run.last_good import LastGoodOfBoard

if TYPE_CHECKING:
    from pathlib import Path

FREE = ["--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0"]


@pytest.fixture(autouse=True)
def logging_stays(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Keep the log of the tests as it is."""
    monkeypatch.setattr(log, "configure", lambda *_: None)
    caplog.set_level("INFO")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    """Of an API server that is not there."""
    config = {
        "current-context": "it",
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "it", "user": {}}],
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    return file


def test_a_part_that_ends_ends_the_process_with_an_error(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def broken(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(LastGoodOfBoard, "run", broken)
    result = CliRunner().invoke(main, ["run", "--kubeconfig", str(kubeconfig), *FREE])
    assert result.exit_code == 1, result.output
    assert "last_good has ended" in caplog.text
    assert "out of memory" in caplog.text
    assert "a part has ended (last_good): stopping, to be restarted" in caplog.text
    assert "stopped" in caplog.messages


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_waits_for_the_api_server_ends_when_it_is_told_to(
    number: signal.Signals, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def told(*_: object) -> None:
        while "waiting for the API server" not in caplog.text:
            await asyncio.sleep(0)
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    monkeypatch.setattr(LastGoodOfBoard, "run", told)
    result = CliRunner().invoke(main, ["run", "--kubeconfig", str(kubeconfig), *FREE])
    assert result.exit_code == 0, result.output
    assert "stopped" in caplog.messages
