"""Generates docs/chart-values.md from the chart's values.yaml; `--check` compares instead of writing."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VALUES, PAGE = ROOT / "charts" / "flagoperator" / "values.yaml", ROOT / "docs" / "chart-values.md"
INTRODUCTION = """\
# Values of the chart

<!-- Generated from charts/flagoperator/values.yaml by scripts/generate_values_docs.py: edit the comments there. -->

`helm install` and `helm upgrade` take these values of `charts/flagoperator`. `values.schema.json` refuses others, and
values of another type. How to install: [install.md](install.md).

| value | default | what it is |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the chart: its path, its default as written, and the comment above it."""

    path: str
    default: str
    text: str


def values(text: str) -> list[Value]:
    """Return all values of a values.yaml in its order; a map on one line is one value."""
    return list(_below(yaml.compose(text), text.splitlines(), text, ""))


def _below(node: yaml.Node, lines: list[str], text: str, path: str) -> Iterator[Value]:
    for key, value in node.value:
        name = f"{path}{key.value}"
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            yield from _below(value, lines, text, f"{name}.")
        else:
            default = text[value.start_mark.index : value.end_mark.index]
            yield Value(name, default, _comment(lines, key.start_mark.line))


def _comment(lines: list[str], line: int) -> str:
    """Return the comment that ends above a line: `# -- ` and the lines that go on."""
    words: list[str] = []
    while line and (above := lines[line - 1].strip()).startswith("#"):
        words.insert(0, above.lstrip("# "))
        line -= 1
        if above.startswith("# -- "):
            return " ".join(words).removeprefix("-- ")
    return ""


def render() -> str:
    """Return the page."""
    rows = (f"| `{each.path}` | `{each.default}` | {each.text} |\n" for each in values(VALUES.read_text()))
    return INTRODUCTION + "".join(rows)


def main() -> int:
    """Write the page, or compare it with what is committed (exit code 1 when they differ)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed page, write nothing")
    if not parser.parse_args().check:
        PAGE.write_text(render())
        return 0
    if PAGE.read_text() == render():
        return 0
    print("docs/chart-values.md differs from values.yaml: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
