"""What it saves to keep encoded answers: all flags of one user, joined from them and built message by message."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.contender import Contender
from benchmarks.decision import check
from benchmarks.figure import figure, ratios
from benchmarks.rounds import interleave

if TYPE_CHECKING:
    from benchmarks.figure import Figure

JOINED, BUILT = "joined", "built message by message"
SECONDS = 0.05


def built_against_joined(flags: int, rounds: int) -> list[Figure]:
    """Both in interpreters of their own, evaluation included, transport not."""
    print(f"  answers of {flags} flags, joined and built: {rounds} rounds", file=sys.stderr)
    with (
        Contender(JOINED, "answers", scenario="Joined") as joined,
        Contender(BUILT, "answers", scenario="Built") as built,
    ):
        for contender in (joined, built):
            contender.load(flags, seconds=SECONDS)
            check(contender)
        values = interleave({JOINED: joined.round, BUILT: built.round}, rounds)
    name = f"answer with all {flags:,} flags, without the transport"
    return [
        figure(name, [nanoseconds / 1e6 for nanoseconds in values[JOINED]], "ms"),
        figure(f"{name}: answers per second", ratios(values[BUILT], values[JOINED]), "×", base=BUILT),
    ]
