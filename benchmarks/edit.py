"""Edit: a changed flag takes the place of the old one in one step, as editors and ConfigMaps do it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks import manifests


def last_flag(directory: Path, percent: int) -> float:
    """Set the rollout of the last flag in the directory; return when, in seconds since the epoch."""
    path = max(directory.glob("flags-*.yaml"))
    *others, last = path.read_text().split("---\n")
    number = int(last.split("name: flag-")[1][:5])
    changed = "---\n".join([*others, manifests.flag(manifests.COUNTRY_FLAG, number, percent)])
    with tempfile.NamedTemporaryFile("w", dir=directory.parent, delete=False) as edited:
        edited.write(changed)
    moment = time.time()
    Path(edited.name).replace(path)
    return moment
