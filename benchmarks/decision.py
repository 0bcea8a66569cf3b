"""One decision, "country in a list of three, then 50/50 over two variants", with 1 and with 500 flags loaded."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks.contender import Contender
from benchmarks.engines import USERS
from benchmarks.environment import EnvironmentUnavailableError, interpreter
from benchmarks.figure import Goal, figure, ratios
from benchmarks.rounds import FULL, Effort, interleave

if TYPE_CHECKING:
    from benchmarks.figure import Figure

OURS = "Engine.variant"
CLIENT = "FlagClient.variant"
TRACKING = "FlagClient.variant with deduplicated exposures"
FLOOR = "one murmur3 + one comparison"
SIZES = (1, 500)
FASTER_THAN_EPPO = Goal(1.3)
NO_SLOWER_LOADED = Goal(1.05, least=False)
SHARES = {CLIENT: Goal(0.65), TRACKING: Goal(0.4)}
RIVALS = {
    "eppo-server-sdk 4.4.1": "eppo",
    "openfeature-flagd-core 2.0.0": "flagd-core",
    "openfeature-provider-flagd 0.6.1 in process": "flagd-provider",
    "launchdarkly-server-sdk 9.20.0": "launchdarkly",
    "growthbook 4.0.0": "growthbook",
    "amplitude-experiment 1.13.0": "amplitude",
}
LEAST_SHARE = 0.4


def measure(effort: Effort = FULL, rivals: dict[str, str] = RIVALS) -> list[Figure]:
    """Every engine at every size."""
    with ExitStack() as stack:
        contenders = [
            Contender(OURS, "flagoperator"),
            Contender(CLIENT, "client"),
            Contender(TRACKING, "tracking_client"),
            Contender(FLOOR, "floor"),
            *_rivals(rivals),
        ]
        for contender in contenders:
            stack.enter_context(contender)
        values = {size: _at_size(contenders, size, effort) for size in SIZES}
    figures = [figure for size in SIZES for figure in _figures(values[size], size)]
    growth = ratios(values[SIZES[1]][OURS], values[SIZES[0]][OURS])
    label = f"{OURS}: time with {SIZES[1]} flags loaded"
    return [*figures, figure(label, growth, "×", base="with 1 flag loaded", goal=NO_SLOWER_LOADED)]


def check(contender: Contender) -> None:
    """Near 50/50 inside the countries, nobody outside: what is timed are real decisions."""
    variants = contender.answers["variants"]
    if set(variants) != {"a", "b"} or min(variants.values()) < LEAST_SHARE * USERS:
        raise RuntimeError(f"{contender.name} does not split 50/50: {variants}")
    if contender.answers["excluded"] != USERS and contender.name != FLOOR:
        raise RuntimeError(f"{contender.name} lets users of other countries in: {contender.answers}")


def _rivals(rivals: dict[str, str]) -> list[Contender]:
    made = []
    for name, environment in rivals.items():
        try:
            python = interpreter(environment)
        except EnvironmentUnavailableError as reason:
            print(f"  left out: {name}: {reason}", file=sys.stderr)
            continue
        made.append(Contender(name, environment.replace("-", "_"), python=python))
    return made


def _at_size(contenders: list[Contender], size: int, effort: Effort) -> dict[str, list[float]]:
    for contender in contenders:
        contender.load(size, seconds=effort.seconds)
        check(contender)
    print(f"  {size} flags loaded, {len(contenders)} engines, {effort.rounds} rounds", file=sys.stderr)
    return interleave({contender.name: contender.round for contender in contenders}, effort.rounds)


def _figures(values: dict[str, list[float]], size: int) -> list[Figure]:
    loaded = f"{size} flag{'s' if size > 1 else ''} loaded"
    microseconds = [nanoseconds / 1e3 for nanoseconds in values[OURS]]
    figures = [figure(f"one decision, {loaded}", microseconds, "µs")]
    for name, times in values.items():
        if name == OURS or name in SHARES:
            continue
        goal = FASTER_THAN_EPPO if name.startswith("eppo") else None
        speed = ratios(times, values[OURS])
        figures.append(figure(f"decisions per second, {loaded}", speed, "×", base=name, goal=goal))
        if name != FLOOR:
            ours = ratios(times, values[CLIENT])
            figures.append(figure(f"{CLIENT}: decisions per second, {loaded}", ours, "×", base=name))
    return [*figures, *(_share(values, name, goal, loaded) for name, goal in SHARES.items())]


def _share(values: dict[str, list[float]], name: str, goal: Goal, loaded: str) -> Figure:
    share = ratios(values[OURS], values[name])
    return figure(f"{name}: decisions per second, {loaded}", share, "×", base=OURS, goal=goal)
