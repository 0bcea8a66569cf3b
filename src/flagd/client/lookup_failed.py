"""LookupFailed: why a lookup has no answer, on its way to where the caller's default is given. It goes no further."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.client.variant import ErrorCode


class LookupFailed(Exception):
    """There is no answer; `code` says why, and the text says it in a sentence."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
