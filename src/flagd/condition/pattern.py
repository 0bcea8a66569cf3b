"""Pattern: regular expressions in RE2's dialect, whose matching takes time linear in the text.

Shared by what admits patterns (manifests, compiler) and what runs them (engine), so that both agree
on what a valid pattern is.
"""

from __future__ import annotations

import re2

from flagd.hashing import utf8

MEMORY_BYTES = 1 << 20
"""What one compiled pattern and its cache may take. A pattern that needs more is refused."""


class PatternError(ValueError):
    """RE2 refuses the pattern. The text says why."""


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_search",)

    def __init__(self, pattern: str) -> None:
        """Compile `pattern`.

        Raises:
            PatternError: it is not RE2 (look-around and back references are not), or is too large.
        """
        options = re2.Options()
        options.log_errors = False
        options.max_mem = MEMORY_BYTES
        try:
            self._search = re2.compile(utf8(pattern), options).search
        except re2.error as error:
            reason = error.args[0]
            raise PatternError(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from None

    def found_in(self, text: str) -> bool:
        """Return whether some part of `text` matches."""
        return self._search(utf8(text)) is not None
