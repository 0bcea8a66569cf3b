"""Site links: on the site, what is linked outside of docs/ leads to the file on the code host. A hook of MkDocs."""

from __future__ import annotations

import posixpath
import re

HOST = "https://github.com/flagoperator/flagoperator/blob/main"
OUTSIDE = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return the page with its links out of docs/ made absolute."""
    return OUTSIDE.sub(lambda found: f"]({HOST}/{posixpath.normpath(found[1][3:])}{found[2] or ''})", markdown)
