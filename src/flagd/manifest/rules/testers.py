"""Rules for testers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.rules.float_text import check_texts
from flagd.manifest.rules.repetition import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.parts.testers import Testers
    from flagd.manifest.path import FieldPath


def check_testers(testers: Testers | None, path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with testers at `path`."""
    if testers is None:
        return
    yield from repeated(testers.cohorts, (*path, "cohorts"))
    yield from check_texts(testers.user_ids, (*path, "userIds"))
    yield from check_texts(testers.device_ids, (*path, "deviceIds"))
    for kind, names in testers.groups.items():
        yield from check_texts(names, (*path, "groups", kind))
