"""Agreement: when one that stands by asks what is served of projects with broken flags, to keep the same forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTLE_SECONDS = 2.0
"""How long a change has to be seen by who decides as well, before it is asked."""
AGAIN_SECONDS = 10.0
"""How soon it is asked again while it serves something else; twice as long after each time that led to nothing."""
MOST_SECONDS = 320.0
"""The longest of these: versions of the operator that compile differently never agree."""
LEADING_SECONDS = 2.0
"""How soon anybody is asked again by one that holds the Lease and has not published yet."""
MOST = 1000
"""Projects that are asked about at a time."""


class Agreement:
    """Remembers of which revisions it is known that they are served."""

    def __init__(self) -> None:
        self._agreed: dict[str, str] = {}
        self._since: float | None = None
        self._asked = float("-inf")
        self._last: Mapping[str, str] = {}
        self._again = AGAIN_SECONDS

    def open(self, broken: Mapping[str, str], now: float, *, leads: bool) -> tuple[list[str], float]:
        """Return which projects to ask about now, and in how many seconds to look again; infinite = at a change.

        Args:
            broken: our revisions of the projects in which something is broken.
            now: in seconds, of a clock that never goes back.
            leads: whether the Lease is held: what comes next may be published.
        """
        self._agreed = {name: revision for name, revision in self._agreed.items() if broken.get(name) == revision}
        found = sorted(broken.keys() - self._agreed.keys())[:MOST]
        if not found:
            self._since = None
            return [], float("inf")
        if self._since is None:
            self._since = now
        asked = {name: broken[name] for name in found}
        again = self._again if asked == self._last else AGAIN_SECONDS
        due = self._asked + LEADING_SECONDS if leads else max(self._since + SETTLE_SECONDS, self._asked + again)
        if now < due:
            return [], due - now
        self._again = min(2 * again, MOST_SECONDS) if asked == self._last else AGAIN_SECONDS
        self._asked, self._last = now, asked
        return found, LEADING_SECONDS if leads else self._again

    def agree(self, name: str, revision: str) -> None:
        """Take in that our `revision` of a project is what is served."""
        self._agreed[name] = revision
