"""Limits: how many users a change may move before a pipeline stops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.impact.impact import Basis
from flagctl.impact.move import Turn
from flagctl.impact.share import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagctl.impact.impact import Impact

_OPTIONS = {Turn.CHANGES: "--max-change", Turn.JOINS: "--max-join", Turn.LEAVES: "--max-leave"}
_DONE = {Turn.CHANGES: "change variant", Turn.JOINS: "join", Turn.LEAVES: "leave"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; None = anything.

    Attributes:
        change: the share of users, 0 to 1, who may get another variant than they have.
        join: the share who may get a variant and have none.
        leave: the share who may lose theirs.
        no_switch: whether nobody may get another variant than they have.
    """

    change: float | None = None
    join: float | None = None
    leave: float | None = None
    no_switch: bool = False

    @property
    def shares(self) -> dict[Turn, float]:
        """The shares that are limited."""
        limits = {Turn.CHANGES: self.change, Turn.JOINS: self.join, Turn.LEAVES: self.leave}
        return {turn: limit for turn, limit in limits.items() if limit is not None}

    def broken(self, impacts: Sequence[Impact], basis: Basis) -> Iterator[str]:
        """Yield why `impacts` go too far, a sentence for each flag and limit; what is unknown goes too far."""
        for impact in impacts:
            if impact.failed:
                if self.shares or self.no_switch:
                    yield f"{impact.title}: {impact.failed}, so that no limit can be checked"
                continue
            yield from self._shares(impact)
            if self.no_switch:
                yield from _switch(impact, basis)

    def _shares(self, impact: Impact) -> Iterator[str]:
        for turn, limit in self.shares.items():
            if impact.share(turn) > limit:
                share = percent(impact.count(turn), impact.totals[""])
                allowed = percent(limit, 1)
                yield f"{impact.title}: {share} of the users {_DONE[turn]}, more than {allowed} ({_OPTIONS[turn]})"


def _switch(impact: Impact, basis: Basis) -> Iterator[str]:
    count = impact.count(Turn.CHANGES)
    if count:
        who = f"{count:,} users" if basis is Basis.POPULATION else "users"
        yield f"{impact.title}: {who} get another variant than they have (--no-switch)"
    elif basis is not Basis.POPULATION and impact.notes:
        yield f"{impact.title}: {'; '.join(impact.notes)}: only --population tells whether users switch (--no-switch)"
