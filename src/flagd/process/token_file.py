"""Token file: a token or key that a file holds; what is wrong with it is said without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TokenFileError(OSError):
    """The file holds no token that could be sent; the message names it."""


def read_token(file: Path) -> str:
    """Return the token in `file`, without white space around it. Raises TokenFileError."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise TokenFileError(f"{file} cannot be read: {(error.strerror or 'unreadable').lower()}") from None
    except UnicodeDecodeError:
        raise TokenFileError(f"{file} holds no token: it is not ASCII text") from None
    if not text or not text.isprintable():
        held = "more than one line, or control characters" if text else "nothing"
        raise TokenFileError(f"{file} holds {held}; a token is one line of text")
    return text
