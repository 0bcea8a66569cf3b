"""Budget: how many values may still be read of a request; met while reading, so that more costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.limits import LEVELS, NESTED_VALUES, USER_VALUES
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping


class Budget:
    """Values that one part of a request may hold, nested ones included; what is spent is spent of `whole` too."""

    __slots__ = ("_left", "_most", "_what", "_whole")

    def __init__(self, what: str, most: int = NESTED_VALUES, whole: Budget | None = None) -> None:
        self._what = what
        self._most = self._left = most
        self._whole = whole

    def spend(self, values: int) -> None:
        """Take `values`, before they are read. Raises InvalidArgument when there are not so many left."""
        self._left -= values
        if self._left < 0:
            raise InvalidArgument(f"{self._what}: more than {self._most} values, nested ones included")
        if self._whole is not None:
            self._whole.spend(values)

    @property
    def spent(self) -> int:
        """How many values were taken."""
        return self._most - self._left

    def spend_all(self, value: Mapping[str, Any]) -> None:
        """Take what is in an object of JSON, level by level, so that too much is met before it is walked through."""
        level: list[Any] = [value]
        for depth in range(LEVELS + 2):
            inside = [one for one in level if isinstance(one, dict | list)]
            if not inside:
                return
            self.check_level(depth)
            self.spend(sum(map(len, inside)))
            level = [one for many in inside for one in (many.values() if isinstance(many, dict) else many)]

    def check_level(self, level: int) -> None:
        """Raise InvalidArgument when a list or an object inside a property is at too deep a `level`."""
        if level > LEVELS:
            raise InvalidArgument(f"{self._what}: more than {LEVELS} levels of lists and objects inside a property")


def user_budget(what: str) -> Budget:
    """Return what a user may hold together with its groups."""
    return Budget(what, USER_VALUES)
