"""Rules: what a resource must fulfil beyond the types of its fields, judged by itself alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.resource import Resource


def check(resource: Resource) -> Iterator[Finding]:
    """Yield what is wrong with `resource`."""
    yield from ()
