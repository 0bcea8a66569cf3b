"""Syntax error: what libyaml found wrong with a text, as a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding
from flagd.manifest.rules.payload import MAX_DEPTH

if TYPE_CHECKING:
    import yaml


def syntax_error(error: yaml.YAMLError, source: str) -> Finding:
    """Return the finding for `error` in `source`, with the line where there is one."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable as YAML"
    context = getattr(error, "context", None)
    if "nesting depth" in str(problem):  # PyYAML 6.0.4 looks ahead, and stops before we have counted
        return Finding((), "TooDeep", f"nested deeper than {MAX_DEPTH} levels", line=mark.line if mark else 0)
    if "<document start>" in str(problem):
        problem = "a document begins with `---`, also after `...`"
    if mark and _is_tab(source, mark.line):
        problem, context = "the line is indented with a tab; YAML takes spaces only", None
    text = f"{context}: {problem}" if context else str(problem)
    return Finding((), "InvalidYaml", text, line=mark.line if mark else 0)


def _is_tab(source: str, line: int) -> bool:
    lines = source.splitlines()[line : line + 1]
    return any("\t" in each[: len(each) - len(each.lstrip())] for each in lines)
