"""Redaction: findings without what they quote from lists of users. Logs, probes and Events never name a user."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.manifest.diagnostic import Diagnostic

_USERS = re.compile(r"(^|\.)(testers|offTesters|members|include|exclude|values|payload|offPayload)\b")
_NAME_RESOURCES = frozenset({"ReferenceMissing", "ReferenceBroken"})
"""Reasons whose messages quote names of resources only, wherever they stand."""
TEXT = "wrong; flagctl lint says how (not here: it may name users)"


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """Return `diagnostic`, without its message where that may quote a user's id or property."""
    quotes_users = _USERS.search(diagnostic.path) and diagnostic.reason not in _NAME_RESOURCES
    return replace(diagnostic, message=TEXT) if quotes_users else diagnostic
