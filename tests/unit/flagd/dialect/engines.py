"""Engines: what RE2, Python's `re` and Node's `RegExp` find, as Amplitude's SDKs call the last two."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from flagd.condition.pattern import Pattern

_SCRIPT = """
const table = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const found = table.map(([pattern, texts]) => texts.map((text) => Boolean(new RegExp(pattern).exec(text))));
process.stdout.write(JSON.stringify(found));
"""


def re2_finds(pattern: str, texts: list[str]) -> list[bool]:
    compiled = Pattern(pattern)
    return [compiled.found_in(text) for text in texts]


def python_finds(pattern: str, texts: list[str]) -> list[bool]:
    return [re.search(pattern, text) is not None for text in texts]


def node_finds(table: list[tuple[str, list[str]]]) -> list[list[bool]]:
    """Ask Node about many patterns at once. Skips the test where there is no Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node here to ask")
    done = subprocess.run(
        [node, "-e", _SCRIPT], input=json.dumps(table), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[list[bool]] = json.loads(done.stdout)
    return found
