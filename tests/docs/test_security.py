"""docs/security.md names for every promise the tests that hold it, and each of them exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[^`]*)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_a_promise_names_exists(name: str):
    file, _, test = name.partition("::")
    assert (ROOT / file).exists()
    tree = ast.parse((ROOT / file).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not test or test in {function.name for function in functions}


def test_every_promise_names_a_test():
    rows = re.findall(r"^\| (?!promise|-)(.*) \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows
    assert [promise for promise, tests in rows if "`tests/" not in tests] == []
