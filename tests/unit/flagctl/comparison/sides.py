"""Sides of a comparison, made of manifests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flagctl.comparison.side import side_of
from flagd.manifest.reading import load_files
from flagd.manifest.reading.files import SourceFile

if TYPE_CHECKING:
    from flagctl.comparison.side import Side


def side(name: str, *manifests: dict[str, Any]) -> Side:
    """Return the side `name` that holds `manifests`."""
    return side_of(name, load_files(SourceFile("f.json", json.dumps(each).encode()) for each in manifests))
