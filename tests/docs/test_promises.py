"""Pages that promise name for every promise the tests that hold it, and each of them exists."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.page import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("security", "personal-data", "gitops")}
NAMED = sorted({name for text in PAGES.values() for name in re.findall(r"`(tests/[^`]*)`", text)})


def functions(file: Path) -> set[str]:
    nodes = ast.walk(ast.parse(file.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_a_promise_names_exists(name: str):
    file, _, test = name.partition("::")
    assert (ROOT / file).exists()
    assert not test or test in functions(ROOT / file)


@pytest.mark.parametrize("page", PAGES)
def test_every_promise_names_a_test(page: str):
    tables = re.findall(r"^\| (?:promise|they) .*\n\|-.*\n((?:\|.*\n)+)", PAGES[page], re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    assert rows
    assert [row for row in rows if "`tests/" not in row] == []
