"""Printable: text from manifests and servers, made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return `text` on one line, with whatever could move a cursor or colour a terminal spelled out."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
