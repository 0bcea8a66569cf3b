"""1,000 and 10,000 Watch streams: what an idle one costs, and how long until all are told of a change."""

from __future__ import annotations

import gc
import selectors
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import edit, manifests, server
from benchmarks.figure import Figure, Goal, figure, percentile, ratios
from benchmarks.http2 import DATA, Connection
from benchmarks.load import LoadError
from flagd.v1.evaluation_pb2 import User, WatchRequest, WatchResponse

WATCH = "/flagd.v1.EvaluationService/Watch"
STREAMS_PER_CONNECTION = 100
PREFIX_BYTES = 5
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is spent.

    Attributes:
        streams: open at a time.
        rounds: changes that they are told of.
        flags: in the project.
    """

    streams: int = 1_000
    rounds: int = 8
    flags: int = 1_000


FULL = Effort()
MANY = Effort(streams=10_000, rounds=6)
SMOKE = Effort(streams=4, rounds=1, flags=2)
SOON = Goal(60, least=False)
SOON_MANY = Goal(800, least=False)
SMALL = Goal(20, least=False)


@dataclass(frozen=True, slots=True)
class Telling:
    """One change.

    Attributes:
        first: milliseconds from the edit of the file until one stream was told.
        median: until half of them were.
        last: until all were.
        known: milliseconds until flagd knew the new revision (its `as_of`).
        cpu: microseconds of processor time of flagd for a stream, the reading of the file included.
    """

    first: float
    median: float
    last: float
    known: float
    cpu: float

    @property
    def since_known(self) -> float:
        """Milliseconds from flagd's knowing the new revision until all streams were told."""
        return self.last - self.known


@dataclass(frozen=True, slots=True)
class Watched:
    """What a transport did with the streams.

    Attributes:
        kibibytes: of memory for an idle stream.
        tellings: one per change.
    """

    kibibytes: float
    tellings: list[Telling]


def measure(effort: Effort = FULL, many: Effort = MANY) -> list[Figure]:
    """Over Envoy and over grpc.aio, one after the other; then many over Envoy."""
    envoy, grpcio, crowd = watched("envoy", effort), watched("grpcio", effort), watched("envoy", many)
    figures = [
        *_figures("Envoy", effort.streams, envoy, SOON),
        *_figures("grpc.aio", effort.streams, grpcio),
        *_figures("Envoy", many.streams, crowd, SOON_MANY),
    ]
    name = f"{effort.streams:,} streams over Envoy"
    last = ratios([one.last - one.first for one in envoy.tellings], [one.last - one.first for one in grpcio.tellings])
    return [*figures, figure(f"{name}: from the first that is told to the last", last, "×", base="over grpc.aio")]


def watched(transport: str, effort: Effort) -> Watched:
    """Open the streams, then change their flag again and again."""
    print(f"  {effort.streams} streams over {transport}, {effort.rounds} changes", file=sys.stderr)
    with tempfile.TemporaryDirectory() as parent:
        directory = Path(parent) / "manifests"
        directory.mkdir()
        manifests.write(directory, manifests.COUNTRY_FLAG, effort.flags)
        with server.flagd(directory, transport) as flagd:
            with _Watchers(flagd.port, 1, effort.flags):
                before = flagd.resident()
            with _Watchers(flagd.port, effort.streams, effort.flags) as watchers:
                kibibytes = (flagd.resident() - before) / effort.streams / 1024
                percents = [0 if number % 2 == 0 else 100 for number in range(effort.rounds)]
                return Watched(kibibytes, [_tell(flagd, watchers, directory, percent) for percent in percents])


def _tell(flagd: server.Server, watchers: _Watchers, directory: Path, percent: int) -> Telling:
    before, moment = flagd.cpu_seconds(), edit.last_flag(directory, percent)
    waits = [(told - moment) * 1e3 for told in watchers.told()]
    known = (watchers.as_of - moment) * 1e3
    cpu = (flagd.cpu_seconds() - before) / len(waits) * 1e6
    return Telling(min(waits), percentile(waits, 50), max(waits), known, cpu)


class _Watchers(AbstractContextManager["_Watchers"]):
    """Streams that watch the last flag, each for a user of its own.

    Attributes:
        as_of: when flagd knew what it told last, in seconds since the epoch.
    """

    def __init__(self, port: int, streams: int, flags: int) -> None:
        self.as_of = 0.0
        self._streams = streams
        self._selector = selectors.DefaultSelector()
        self._connections = [Connection(port, WATCH) for _ in range(-(-streams // STREAMS_PER_CONNECTION))]
        for connection in self._connections:
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        key = manifests.name_of(flags - 1)
        for number in range(streams):
            user = User(user_id=f"user-{number}", country="US")
            request = WatchRequest(project=manifests.NAMESPACE, user=user, flag_keys=[key])
            self._connections[number % len(self._connections)].call(request.SerializeToString())
        self.told()

    def __exit__(self, *_: object) -> None:
        for connection in self._connections:
            connection.close()
        self._selector.close()

    def told(self) -> list[float]:
        """Wait until every stream has had a message with its variant; when each came.

        Raises:
            LoadError: not all of them were told in time.
        """
        moments: dict[tuple[int, int], float] = {}
        deadline = time.time() + PATIENCE_SECONDS
        gc.collect()
        gc.disable()
        while len(moments) < self._streams:
            if time.time() > deadline:
                raise LoadError(f"{len(moments)} of {self._streams} streams were told within {PATIENCE_SECONDS} s")
            for key, _ in self._selector.select(1):
                for frame in key.data.receive():
                    if frame.kind == DATA and frame.payload:
                        self._read(frame.payload, moments, (id(key.data), frame.stream))
        gc.enable()
        return list(moments.values())

    def _read(self, payload: bytes, moments: dict[tuple[int, int], float], stream: tuple[int, int]) -> None:
        now = time.time()
        message = WatchResponse.FromString(payload[PREFIX_BYTES:])
        if message.variants:
            moments.setdefault(stream, now)
            self.as_of = message.as_of.ToMicroseconds() / 1e6


def _figures(transport: str, streams: int, seen: Watched, soon: Goal | None = None) -> list[Figure]:
    name = f"{streams:,} streams over {transport}"
    return [
        figure(f"{name}: memory of an idle one", [seen.kibibytes], "KiB", goal=soon and SMALL),
        figure(
            f"{name}: from flagd's knowing a change to the last that is told",
            [one.since_known for one in seen.tellings],
            "ms",
            goal=soon,
        ),
        figure(f"{name}: processor time to tell one", [one.cpu for one in seen.tellings], "µs"),
        figure(f"{name}: a change of the file told to half", [one.median for one in seen.tellings], "ms"),
        figure(f"{name}: a change of the file told to the last", [one.last for one in seen.tellings], "ms"),
        figure(
            f"{name}: from the first that is told to the last", [one.last - one.first for one in seen.tellings], "ms"
        ),
    ]
