"""Evaluate over grpc.aio, against an empty handler on grpc.aio; all 1,000 flags in one call."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import manifests, server
from benchmarks.caller import Caller, request
from benchmarks.figure import Figure, Goal, figure, percentile, ratios
from benchmarks.load import ensure_installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.caller import Run

FLAGS = 1_000
NEAR_EMPTY = Goal(0.85)
EMPTY = "empty handler on grpc.aio"
TAIL = 99
PERCENTILES = (50, TAIL, 99.9)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        rounds: of every figure.
        seconds: of one server in one round.
        flags: in the project.
    """

    rounds: int = 8
    seconds: float = 2.0
    flags: int = FLAGS


FULL = Effort()
SMOKE = Effort(rounds=1, seconds=0.2, flags=3)


def measure(effort: Effort = FULL) -> list[Figure]:
    """One flag of 1,000, then all of them."""
    ensure_installed()
    with tempfile.TemporaryDirectory() as directory:
        manifests.write(Path(directory), manifests.COUNTRY_FLAG, effort.flags)
        with server.empty_grpcio() as empty, server.flagd(Path(directory), "grpcio") as flagd:
            nothing = Caller(empty, one_flag(effort), answers=0)
            one = Caller(flagd, one_flag(effort), answers=1)
            every = Caller(flagd, request([]), answers=effort.flags)
            runs = saturate({"empty": nothing, "one": one, "all": every}, effort)
            waits = half_load({"empty": nothing, "one": one}, runs, effort)
    name = "Evaluate over grpc.aio"
    return [
        *throughput(name, runs["one"]),
        figure(f"{name}: calls per second", speeds(runs["one"], runs["empty"]), "×", base=EMPTY, goal=NEAR_EMPTY),
        processor_time(name, runs["one"], runs["empty"], EMPTY),
        *latency(name, waits["one"], waits["empty"], EMPTY),
        *all_flags(name, runs["all"], runs["one"], effort.flags),
    ]


def one_flag(effort: Effort) -> bytes:
    """The request for the flag in the middle."""
    return request([manifests.name_of(effort.flags // 2)])


def saturate(callers: Mapping[str, Caller], effort: Effort) -> dict[str, list[Run]]:
    """Calls as fast as they are answered, servers in turn."""
    print(f"  saturation: {len(callers)} × {effort.rounds} rounds of {effort.seconds} s", file=sys.stderr)
    runs: dict[str, list[Run]] = {name: [] for name in callers}
    for number in range(effort.rounds):
        for name in list(callers) if number % 2 == 0 else list(reversed(callers)):
            runs[name].append(callers[name].saturate(effort.seconds))
    return runs


def half_load(
    callers: Mapping[str, Caller], runs: Mapping[str, Sequence[Run]], effort: Effort
) -> dict[str, list[list[float]]]:
    """Milliseconds of every call at half of each server's own saturation, by round."""
    print(f"  half load: {len(callers)} × {effort.rounds} rounds of {effort.seconds} s", file=sys.stderr)
    waits: dict[str, list[list[float]]] = {name: [] for name in callers}
    for _ in range(effort.rounds):
        for name, caller in callers.items():
            rate = percentile([run.per_second for run in runs[name]], 50) / 2
            waits[name].append([sample.milliseconds for sample in caller.pace(rate, effort.seconds)])
    return waits


def throughput(name: str, runs: Sequence[Run]) -> list[Figure]:
    """Absolute figures of saturation."""
    return [
        figure(f"{name}: calls per second and core", [run.per_second for run in runs], "/s"),
        figure(f"{name}: processor time of a call", [run.cpu_ms * 1e3 for run in runs], "µs"),
    ]


def latency(
    name: str, waits: list[list[float]], others: list[list[float]], base: str, *, at: str = "half load"
) -> list[Figure]:
    """Percentiles at half load, and their ratio to the other server's at half of its load."""
    figures = []
    for percent in PERCENTILES:
        ours = [percentile(wait, percent) for wait in waits]
        theirs = [percentile(wait, percent) for wait in others]
        label = f"{name}: latency at {at}, p{percent:g}"
        figures += [
            figure(label, ours, "ms"),
            figure(label, ratios(ours, theirs), "×", base=f"{base} at half load"),
        ]
    return figures


def all_flags(
    name: str, every: Sequence[Run], one: Sequence[Run], flags: int, goal: Goal | None = None
) -> list[Figure]:
    """Processor time of a call for all flags, against that of a call for one."""
    label = f"{name}: all {flags:,} flags in one call, processor time"
    share = ratios([run.cpu_ms for run in every], [run.cpu_ms for run in one])
    return [
        figure(label, [run.cpu_ms for run in every], "ms"),
        figure(label, share, "×", base=f"{name} of one flag", goal=goal),
    ]


def processor_time(
    name: str, runs: Sequence[Run], others: Sequence[Run], base: str, *, goal: Goal | None = None
) -> Figure:
    """Ratio of processor time per call, round by round; it holds on a busy machine too."""
    share = ratios([run.cpu_ms for run in runs], [run.cpu_ms for run in others])
    return figure(f"{name}: processor time of a call", share, "×", base=base, goal=goal)


def speeds(runs: Sequence[Run], others: Sequence[Run]) -> list[float]:
    """Ratio of calls per second, round by round."""
    return ratios([run.per_second for run in runs], [run.per_second for run in others])
