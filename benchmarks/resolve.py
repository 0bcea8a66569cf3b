"""ResolveString and ResolveAll of OpenFeature over Envoy: against an empty handler on pyvoy and against Go flagd."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import go_flagd, manifests, server
from benchmarks.caller import Caller
from benchmarks.evaluate import FULL, Effort, processor_time, saturate
from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.load import LoadError, Shape, ensure_installed
from flagd.openfeature.v1.evaluation_pb2 import (
    ResolveAllRequest,
    ResolveAllResponse,
    ResolveStringRequest,
    ResolveStringResponse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.caller import Run

NAME, ALL = "ResolveString over Envoy", "ResolveAll of {:,} flags over Envoy"
EMPTY, GO = "empty handler on pyvoy", "Go flagd 0.16"
CONTEXT = {"targetingKey": "user-17", "country": "US", "plan": "pro"}
NEAR_EMPTY = Goal(1.2, least=False)
CHEAPER, CHEAPER_ALL = Goal(3), Goal(12)


class Resolver(Caller):
    """Asks for one flag."""

    path = "/flagd.evaluation.v1.Service/ResolveString"
    shape = Shape(connections=10, calls=16)

    def judge(self, answer: bytes, answers: int) -> None:
        """Raise LoadError unless it is one of the two variants, or nothing where there are to be no answers."""
        if ResolveStringResponse.FromString(answer).value not in (("a", "b") if answers else ("",)):
            raise LoadError(f"not one of the variants: {answer!r}")


class ResolverOfAll(Caller):
    """Asks for all flags."""

    path = "/flagd.evaluation.v1.Service/ResolveAll"
    # Go flagd needs long for each: some must end within a round on a busy machine too.
    shape = Shape(connections=2, calls=1)

    def judge(self, answer: bytes, answers: int) -> None:
        """Raise LoadError unless it has so many flags."""
        flags = ResolveAllResponse.FromString(answer).flags
        if len(flags) != answers:
            raise LoadError(f"{len(flags)} flags")


def measure(effort: Effort = FULL) -> list[Figure]:
    """One flag of 1,000, then all of them. Without Go flagd where it cannot be built."""
    ensure_installed()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        manifests.write(directory, manifests.COUNTRY_FLAG, effort.flags)
        envoy = stack.enter_context(server.flagd(directory, "envoy"))
        peers = {"envoy": envoy} | _go(stack, effort)
        empty = Resolver(stack.enter_context(server.empty_pyvoy()), _one(effort), answers=0)
        callers = {f"{name} one": Resolver(peer, _one(effort), answers=1) for name, peer in peers.items()}
        callers |= {f"{name} all": ResolverOfAll(peer, _all(), answers=effort.flags) for name, peer in peers.items()}
        return _figures(saturate({"empty": empty} | callers, effort), effort.flags)


def _go(stack: ExitStack, effort: Effort) -> dict[str, server.Server]:
    program = go_flagd.built()
    if program is None:
        return {}
    flags = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "flags.json"
    go_flagd.write(flags, effort.flags)
    return {"go": stack.enter_context(server.go_flagd(program, flags))}


def _one(effort: Effort) -> bytes:
    request = ResolveStringRequest(flag_key=manifests.name_of(effort.flags // 2))
    request.context.update(CONTEXT)
    return request.SerializeToString()


def _all() -> bytes:
    request = ResolveAllRequest()
    request.context.update(CONTEXT)
    return request.SerializeToString()


def _figures(runs: Mapping[str, Sequence[Run]], flags: int) -> list[Figure]:
    one, every, named = runs["envoy one"], runs["envoy all"], ALL.format(flags)
    figures = [
        figure(f"{NAME}: processor time of a call", [run.cpu_ms * 1e3 for run in one], "µs"),
        processor_time(NAME, one, runs["empty"], EMPTY, goal=NEAR_EMPTY),
        figure(f"{named}: processor time of a call", [run.cpu_ms for run in every], "ms"),
    ]
    if "go one" in runs:
        figures += [
            _calls(NAME, one, runs["go one"], CHEAPER),
            _calls(named, every, runs["go all"], CHEAPER_ALL),
        ]
    return figures


def _calls(name: str, ours: Sequence[Run], theirs: Sequence[Run], goal: Goal) -> Figure:
    """How many calls the processor time of one of theirs is enough for."""
    share = ratios([run.cpu_ms for run in theirs], [run.cpu_ms for run in ours])
    return figure(f"{name}: calls for the same processor time", share, "×", base=GO, goal=goal)
