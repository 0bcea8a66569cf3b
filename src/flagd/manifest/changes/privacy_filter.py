"""Privacy filter: findings without what they quote from lists of users. Logs, probes and Events never name a user."""

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


_SHAPE = re.compile(r"^`.*` (is .*; write a (?:list|mapping))$", re.DOTALL)
"""What stands where a list or mapping should may be a user that somebody forgot to put into one."""
_ODD_NAME = re.compile(r"\['.*'\]", re.DOTALL)
"""A field of a name that no field has, such as an e-mail address."""


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """Return `diagnostic`, without its message where that may quote a user's id or property."""
    if diagnostic.reason in _NAME_RESOURCES:
        return diagnostic
    if _USERS.search(diagnostic.path):
        return replace(diagnostic, message=TEXT)
    if diagnostic.reason == "UnknownField" and _ODD_NAME.search(diagnostic.path):
        return replace(diagnostic, path=_ODD_NAME.sub("['…']", diagnostic.path), message=TEXT)
    return replace(diagnostic, message=_SHAPE.sub(r"this \1", diagnostic.message))
