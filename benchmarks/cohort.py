"""A cohort of a million: what its list takes to read, to send, to load, to keep and to ask."""

from __future__ import annotations

import gc
import random
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import interleave
from flagd.compiler import compile_project
from flagd.id_list.id_list import IdList, Supply
from flagd.id_list.parser import ListParser
from flagd.manifest import Flag, FlagCohort
from flagd.ruleset.hashed_ids import HashedIds
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot
from flagd.sync.update import apply_update, make_update
from flagd.v1.ruleset_pb2 import Update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from flagd.ruleset import Ruleset

IDS, CHANGED, ASKED, ROUNDS = 1_000_000, 100, 20_000, 5
READ, LOADED, SERVED = "read", "loaded", "served"
HASHED, NAMED = "hashed", "a frozenset of the ids"
ORIGIN = {"source": "warehouse", "path": "beta.csv"}
SEGMENT = {"name": "beta", "match": [{"op": "in cohort", "values": ["beta"]}], "rollout": {"percent": 100}}


def measure(size: int = IDS, rounds: int = ROUNDS) -> list[Figure]:
    """Processor time of one core, for a list of `size` ids and a change of a hundred of them."""
    ids = [f"user-{number:09}" for number in range(size)]
    text, other = _text(ids), [*ids[CHANGED // 2 :], *(f"new-{number:09}" for number in range(CHANGED // 2))]
    before, after = _ruleset(_read(text)), _ruleset(_read(_text(other)))
    whole, change = (make_update(base, to).SerializeToString() for base, to in ((None, before), (before, after)))
    held = HashedRuleset.of(before)
    contenders: dict[str, Callable[[], float]] = {
        READ: partial(_seconds, lambda: _read(text)),
        LOADED: partial(_seconds, lambda: _load(whole, HashedRuleset.empty("default"), None)),
        SERVED: partial(_seconds, lambda: _serve(before, after, held)),
    }
    print(f"  {size} ids, {rounds} rounds", file=sys.stderr)
    values = interleave(contenders, rounds)
    looked = _looks(ids, rounds)
    kept = before.cohorts["beta"].members
    if not isinstance(kept, HashedIds) or len(kept) != size:
        raise TypeError("the list is not kept as hashes")
    several = f"{size:,} ids"
    return [
        figure(f"list of {several}: kept", [kept.size / size], "bytes an id", goal=Goal(10, least=False)),
        figure(f"list of {several}: look-up of one id", looked[HASHED], "µs", goal=Goal(2, least=False)),
        figure(f"list of {several}: look-up of one id", ratios(looked[HASHED], looked[NAMED]), "×", base=NAMED),
        figure(f"list of {several}: text read, hashed and sorted", values[READ], "s"),
        figure(f"list of {several}: loaded from the stream", values[LOADED], "s", goal=Goal(2, least=False)),
        figure(f"change of {CHANGED} in {several}: sent", [float(len(change))], "bytes"),
        figure(
            f"change of {CHANGED} in {several}: message made, sent, served",
            values[SERVED],
            "s",
            goal=Goal(1, least=False),
        ),
    ]


def _text(ids: Iterable[str]) -> bytes:
    return "\n".join(ids).encode()


def _read(text: bytes) -> HashedIds:
    parser, piece = ListParser("beta.csv", None), 1 << 18
    for start in range(0, len(text), piece):
        parser.feed(text[start : start + piece])
    return parser.finish()


def _ruleset(ids: HashedIds) -> Ruleset:
    cohort: FlagCohort = FlagCohort.model_validate({"metadata": {"name": "beta"}, "spec": {"from": ORIGIN}})
    spec = {"active": True, "variants": [{"key": "on"}], "segments": [SEGMENT]}
    flag = Flag.model_validate({"metadata": {"name": "f"}, "spec": spec})
    return compile_project([cohort, flag], supplies={cohort.ref: Supply(IdList(ids, 1))}).ruleset


def _load(message: bytes, held: HashedRuleset, before: Snapshot | None) -> Snapshot:
    snapshot = Snapshot.make(apply_update(Update.FromString(message), held).ruleset, before, 0)
    if snapshot.engine.variant({"user": {"user_id": "user-000000077"}}, "f").key != "on":
        raise RuntimeError("a member of the cohort does not get the flag")
    return snapshot


def _serve(before: Ruleset, after: Ruleset, held: HashedRuleset) -> Snapshot:
    return _load(make_update(before, after).SerializeToString(), held, None)


def _looks(ids: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """Return microseconds a look-up; half of those who are asked for are on the list."""
    asked = [f"{each}{number % 2 or ''}" for number, each in enumerate(random.Random(7).sample(ids, ASKED))]  # noqa: S311
    hashed, named = HashedIds.of(ids), frozenset(ids)
    if sum(each in hashed for each in asked) != ASKED // 2:
        raise RuntimeError("not half of the asked are on the list")
    contenders = {name: partial(_look, members, asked) for name, members in ((HASHED, hashed), (NAMED, named))}
    return interleave(contenders, rounds * 10)


def _look(members: HashedIds | frozenset[str], asked: Sequence[str]) -> float:
    started = time.process_time_ns()
    for each in asked:
        each in members  # noqa: B015
    return (time.process_time_ns() - started) / 1000 / len(asked)


def _seconds(work: Callable[[], Any]) -> float:
    gc.collect()
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / 1e9
