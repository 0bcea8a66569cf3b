"""Redaction: findings without what they quote from lists of users. Logs and probes never name a user."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.manifest import Diagnostic

_USERS = re.compile(r"(^|\.)(testers|offTesters|members|include|exclude|values)\b")
TEXT = "wrong; flagctl lint says how (not here: it may name users)"


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """Return `diagnostic`, without its message where that may quote a user's id or property."""
    return replace(diagnostic, message=TEXT) if _USERS.search(diagnostic.path) else diagnostic
