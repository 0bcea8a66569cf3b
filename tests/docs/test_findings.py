"""docs/findings.md lists the reasons that the code gives, all of them and no others."""

from __future__ import annotations

import ast
import re

from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "findings.md").read_text()
MAKERS = {
    "Finding",
    "warning",
    "_find",
    "_unreadable",
    "Diagnostic",
    "PydanticCustomError",
    "FoundFile",
    "SourceFile",
    "error",
    "_note",
}
REASON = re.compile(r"[A-Z][a-z][A-Za-z0-9]*")


def reasons(package: str) -> set[str]:
    """Return the words in camel case that calls which make a finding are given."""
    found: set[str] = set()
    for file in (ROOT / "src" / "flagd" / package).rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in MAKERS:
                words = [part.value for part in ast.walk(call) if isinstance(part, ast.Constant)]
                found |= {word for word in words if isinstance(word, str) and REASON.fullmatch(word)}
    return found


def told(first: str, last: str | None = None) -> set[str]:
    text = PAGE[PAGE.index(f"## {first}") : PAGE.index(f"## {last}") if last else None]
    cells = re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)}


def test_every_reason_about_one_resource_is_on_the_page():
    assert reasons("manifest") == told("Files and YAML", "Between resources")


def test_every_reason_between_resources_is_one_that_the_compiler_gives():
    assert told("Between resources") <= reasons("compiler")


def test_the_compiler_gives_no_reason_of_its_own_for_what_lint_finds_in_one_resource():
    assert reasons("compiler") <= told("Between resources") | reasons("manifest")
