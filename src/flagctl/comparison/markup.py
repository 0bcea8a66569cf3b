"""Markup: text of manifests in Markdown, of which none is markup."""

from __future__ import annotations

from flagctl.printable import printable

_ESCAPED = {each: f"\\{each}" for each in "\\|<*_`[&~"}
_PARTED = {each: f"{each}<!-- -->" for each in "@#"}
"""Names of people and numbers of issues are links, and tell those whom they name, unless something parts them."""
_SPECIAL = str.maketrans({**_ESCAPED, **_PARTED})


def cell(text: str) -> str:
    """Return `text` for a table or a line of GitHub's Markdown."""
    return printable(text).translate(_SPECIAL)


def code(text: str) -> str:
    """Return `text` as code, for the same places; code has no escapes, so that what would end it is spelled out."""
    shown = printable(text)
    if not {"`", "|"} & set(shown):
        return f"`{shown}`"
    return f"<code>{''.join(each if each.isalnum() or each in ' -./' else f'&#{ord(each)};' for each in shown)}</code>"
