from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from flagctl.group import flagctl

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(sys.executable).parent / "flagctl"


@pytest.fixture
def run() -> Callable[..., Result]:
    """Call flagctl in this process."""

    def call(*arguments: str | Path, stdin: str | bytes | None = None, **environment: str) -> Result:
        result = CliRunner(env=environment).invoke(flagctl, list(map(str, arguments)), input=stdin, prog_name="flagctl")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call flagctl as a shell does."""

    def call(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False, **options)

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, object], Path]:
    """Save a manifest, text or objects, in the test's folder."""

    def save(name: str, content: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        documents = content if isinstance(content, list) else [content]
        path.write_text(
            content if isinstance(content, str) else "---\n".join(json.dumps(each) + "\n" for each in documents)
        )
        return path

    return save
