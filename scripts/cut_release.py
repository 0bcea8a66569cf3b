"""Cuts a release: `python scripts/cut_release.py 0.2.0` writes its number everywhere, and its section of the changelog.

It changes files and nothing else. Afterwards: install the project again (`make setup`), `make generate`, `make test`,
commit, and tag the commit `v0.2.0`; .github/workflows/release.yml does the rest.
"""

from __future__ import annotations

import re
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"\d+\.\d+\.\d+")
PLACES = {
    "pyproject.toml": r'^version = "{}"$',
    "charts/flagoperator/Chart.yaml": r"(?:^version: |^appVersion: |/\w+:){}\b",
    "integrations/pre-commit/.pre-commit-config.yaml": r"\bv{}$",
    "docs/install.md": r"/\S*:{}\b",
}
"""Where the number of a release stands: what is around it, by file."""


def numbered(text: str, pattern: str, old: str, new: str) -> str:
    """Return `text` with the release `new` wherever `pattern` says that `old` is one. Raises ValueError: nowhere."""
    known = re.compile(pattern.format(re.escape(old)), re.MULTILINE)
    if not known.search(text):
        raise ValueError(f"there is no {old} where {pattern} says")
    return known.sub(lambda found: found[0].replace(old, new), text)


def cut(changelog: str, version: str, day: str) -> str:
    """Return `changelog` with all that is unreleased under `version`. Raises ValueError: that is nothing."""
    head, title, rest = changelog.partition("## [Unreleased]\n")
    unreleased = re.split(r"^## \[", rest, maxsplit=1, flags=re.MULTILINE)[0]
    if not title or not unreleased.strip():
        raise ValueError("nothing stands under Unreleased")
    return f"{head}{title}\n## [{version}] - {day}\n{rest}"


def notes(changelog: str, version: str) -> str:
    """Return what `changelog` says of `version`. Raises ValueError: nothing."""
    found = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"the changelog has no section [{version}]")
    return found[1].strip() + "\n"


def release(root: Path, version: str, day: str) -> None:
    """Write the release into the files below `root`. Raises ValueError, before anything is written."""
    old = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    if not VERSION.fullmatch(version) or _numbers(version) <= _numbers(old):
        raise ValueError(f"{version} is not a version above {old}")
    texts = {name: numbered((root / name).read_text(), pattern, old, version) for name, pattern in PLACES.items()}
    texts["CHANGELOG.md"] = cut((root / "CHANGELOG.md").read_text(), version, day)
    for name, text in texts.items():
        (root / name).write_text(text)


def _numbers(version: str) -> list[int]:
    return [int(each) for each in version.split(".")]


def main() -> int:
    """Cut the release that the command line names, or print the notes of one (`--notes VERSION`)."""
    try:
        if sys.argv[1:2] == ["--notes"]:
            print(notes((ROOT / "CHANGELOG.md").read_text(), sys.argv[2]), end="")
        else:
            release(ROOT, sys.argv[1], time.strftime("%Y-%m-%d", time.gmtime()))
    except (IndexError, ValueError) as error:
        print(f"{error}\nusage: cut_release.py VERSION | --notes VERSION", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
