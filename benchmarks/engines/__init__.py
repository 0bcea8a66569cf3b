"""One module per engine: the same decision, asked for as users of that engine ask for it.

The decision: is `country` one of three, then one of two variants, 50/50. A module has a class
`Decider(flags)` that loads so many flags of this kind and asks for the one in the middle.
"""

from __future__ import annotations

from typing import Any, Protocol

COUNTRIES = ("US", "CA", "MX")
USERS = 1_000


class Decider(Protocol):
    """What the worker needs of an engine."""

    def __init__(self, flags: int) -> None:
        """Load this many flags."""

    def context(self, user_id: str, country: str) -> Any:  # noqa: ANN401
        """What the engine's API lets its user prepare before the decision."""

    def variant(self, context: Any) -> str | None:  # noqa: ANN401
        """One decision: "a", "b", or None for a user whom no rule matches."""

    def loop(self, contexts: list[Any]) -> None:
        """One decision for each context: the call that is timed, written out so that nothing stands between."""


def flag_keys(flags: int) -> list[str]:
    """Keys of so many flags."""
    return [f"flag-{number}" for number in range(flags)]


def asked(flags: int) -> str:
    """Key of the flag that is asked for: the one in the middle."""
    return flag_keys(flags)[flags // 2]
