"""The least that decisions can cost in Python: one murmur3 and one comparison, or a look-up where all get the same."""

from __future__ import annotations

import mmh3

from benchmarks.engines import asked, flag_keys

MIDDLE = 21_474_837


class Decider:
    """One hash of salt and user, one comparison. It checks no country."""

    def __init__(self, flags: int) -> None:
        self._prefix = f"{asked(flags)}/"

    def context(self, user_id: str, country: str) -> str:  # noqa: ARG002
        return user_id

    def variant(self, context: str) -> str:
        return "a" if mmh3.hash(self._prefix + context, 0, False) // 100 < MIDDLE else "b"

    def loop(self, contexts: list[str]) -> None:
        variant = self.variant
        for context in contexts:
            variant(context)


class Static:
    """A method call with one look-up in a dict."""

    def __init__(self, flags: int) -> None:
        self._known = dict.fromkeys(flag_keys(flags), "a")
        self._key = asked(flags)

    def context(self, user_id: str, country: str) -> dict[str, dict[str, str]]:
        return {"user": {"user_id": user_id, "country": country}}

    def variant(self, context: object) -> str:
        return self.look_up(context, self._key)

    def look_up(self, _context: object, key: str) -> str:
        return self._known[key]

    def loop(self, contexts: list[object]) -> None:
        look_up, key = self.look_up, self._key
        for context in contexts:
            look_up(context, key)
