"""Definitions: whether the API server serves our kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.doctor.finding import Finding, Level
from flagd.manifest import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.doctor.picture import Picture

ABOUT = "CRDs"
INSTALL = "flagctl crds | kubectl apply --server-side -f -"


def check(picture: Picture) -> Iterator[Finding]:
    """Say which kinds are not served."""
    unserved = picture.unserved
    if unserved is None:
        return
    if not unserved:
        yield Finding(Level.OK, ABOUT, f"the API server serves all {len(KINDS)} kinds")
    elif len(unserved) == len(KINDS):
        text = "the API server serves none of our kinds: their CRDs are not installed"
        yield Finding(Level.PROBLEM, ABOUT, text, INSTALL)
    else:
        names = ", ".join(sorted(unserved))
        text = f"the API server does not serve {names}: the CRDs are missing, or are being deleted"
        yield Finding(Level.PROBLEM, ABOUT, text, INSTALL)
