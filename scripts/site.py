"""Site: what MkDocs is told beside mkdocs.yml. A hook of it.

What is linked outside of docs/ leads to the file on the code host. A page that stands nowhere in the navigation comes
at its end, so that it can be found.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

HOST = "https://github.com/flagoperator/flagoperator/blob/main"
OUTSIDE = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def on_config(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with every page in its navigation."""
    placed = set(_pages(config["nav"]))
    rest = sorted(path.name for path in Path(config["docs_dir"]).glob("*.md") if path.name not in placed)
    if rest:
        config["nav"].append({"More": rest})
    return config


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return the page with its links out of docs/ made absolute."""
    return OUTSIDE.sub(lambda found: f"]({HOST}/{posixpath.normpath(found[1][3:])}{found[2] or ''})", markdown)


def _pages(nav: list[Any]) -> list[str]:
    """Return the pages of a navigation, of its sections too."""
    found: list[str] = []
    for entry in nav:
        target = next(iter(entry.values())) if isinstance(entry, dict) else entry
        found += [target] if isinstance(target, str) else _pages(target)
    return found
