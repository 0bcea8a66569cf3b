"""Standard input: read as bytes, or said why it cannot be."""

from __future__ import annotations

import sys

from flagctl.failure import Unreachable


def read_standard_input(most: int = -1) -> bytes:
    """Return all of standard input, or its first bytes. Raises Unreachable where it is closed or broken."""
    if sys.stdin is None:
        raise Unreachable("standard input is closed")
    try:
        return sys.stdin.buffer.read(most)
    except OSError as error:
        raise Unreachable(f"cannot read standard input: {error.strerror}") from None
