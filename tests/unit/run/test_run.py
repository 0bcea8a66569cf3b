"""A run ends when it is told to, and also when a part of it has ended: then it says so by its exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from flagoperator.cli import main
from flagoperator.run.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path


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

    monkeypatch.setattr(Memory, "run", broken)
    free = ["--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0"]
    result = CliRunner().invoke(main, ["run", "--kubeconfig", str(kubeconfig), *free])
    assert result.exit_code == 1, result.output
    said = caplog.text + result.output
    assert "memory has ended" in said
    assert "out of memory" in said
    assert "a part of the operator has ended (memory)" in said
    assert "stopped" in said
