"""Evaluate over Envoy, against an empty handler on grpc.aio and against Evaluate on grpc.aio."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import manifests, server
from benchmarks.answers import built_against_joined
from benchmarks.caller import Caller, request
from benchmarks.evaluate import (
    EMPTY,
    FULL,
    Effort,
    all_flags,
    half_load,
    latency,
    one_flag,
    processor_time,
    saturate,
    speeds,
    throughput,
)
from benchmarks.figure import Figure, Goal, figure
from benchmarks.load import ensure_installed

NAME = "Evaluate over Envoy"
GRPCIO = "Evaluate over grpc.aio"
FOUR_TIMES_EMPTY = Goal(4)
CHEAP_BULK = Goal(8, least=False)


def measure(effort: Effort = FULL) -> list[Figure]:
    """One flag of 1,000, then all of them."""
    ensure_installed()
    with tempfile.TemporaryDirectory() as directory:
        manifests.write(Path(directory), manifests.COUNTRY_FLAG, effort.flags)
        with (
            server.empty_grpcio() as empty,
            server.flagd(Path(directory), "grpcio") as grpcio,
            server.flagd(Path(directory), "envoy") as envoy,
        ):
            one = {
                "empty": Caller(empty, one_flag(effort), answers=0),
                "grpcio": Caller(grpcio, one_flag(effort), answers=1),
                "envoy": Caller(envoy, one_flag(effort), answers=1),
            }
            every = {"all": Caller(envoy, request([]), answers=effort.flags)}
            runs = saturate(one | every, effort)
            waits = half_load({name: one[name] for name in ("grpcio", "envoy")}, runs, effort)
            same = half_load({"envoy": one["envoy"]}, {"envoy": runs["grpcio"]}, effort)
    return [
        *throughput(NAME, runs["envoy"]),
        figure(
            f"{NAME}: calls per second", speeds(runs["envoy"], runs["empty"]), "×", base=EMPTY, goal=FOUR_TIMES_EMPTY
        ),
        figure(f"{NAME}: calls per second", speeds(runs["envoy"], runs["grpcio"]), "×", base=GRPCIO),
        processor_time(NAME, runs["envoy"], runs["empty"], EMPTY),
        processor_time(NAME, runs["envoy"], runs["grpcio"], GRPCIO),
        *latency(NAME, same["envoy"], waits["grpcio"], GRPCIO, at="half load of grpc.aio"),
        *latency(NAME, waits["envoy"], waits["grpcio"], GRPCIO),
        *all_flags(NAME, runs["all"], runs["envoy"], effort.flags, CHEAP_BULK),
        *built_against_joined(effort.flags, effort.rounds),
    ]
