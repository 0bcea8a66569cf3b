"""Generates charts/flagoperator/files/crds/*.yaml from the models; `--check` compares instead of writing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from flagd.manifest import crds

FOLDER = Path(__file__).resolve().parent.parent / "charts" / "flagoperator" / "files" / "crds"
HEADER = "# Generated from src/flagd/manifest by scripts/generate_crds.py: edit the models there.\n"


def render() -> dict[str, str]:
    """Return the text of every file by its name."""
    return {f"{crd['spec']['names']['plural']}.yaml": HEADER + _dump(crd) for crd in crds()}


def _dump(crd: dict[str, Any]) -> str:
    return yaml.safe_dump(crd, sort_keys=False, width=110, allow_unicode=True)


def main() -> int:
    """Write the files, or compare them with what is committed (exit code 1 when they differ)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments = parser.parse_args()
    wanted = render()
    there = {path.name: path.read_text() for path in FOLDER.glob("*.yaml")}
    if not arguments.check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in there.keys() - wanted.keys():
            (FOLDER / name).unlink()
        for name, text in wanted.items():
            (FOLDER / name).write_text(text)
        return 0
    if there == wanted:
        return 0
    print("charts/flagoperator/files/crds differs from the models: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
