"""`flagctl impact`: users counted on both sides, against the bare engine asked of both sides."""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, Goal, figure, ratios
from benchmarks.rounds import interleave
from flagctl.impact.question import Question, Ruleset
from flagctl.impact.users.json_user import json_context
from flagctl.impact.users.population import pieces
from flagctl.impact.workers import count
from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.manifest import Flag, FlagCohort

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

USERS, ROUNDS = 20_000, 20
BARE, COUNTED = "Engine.variant, of both sides", "flagctl impact"
LEAST_SHARE = Goal(0.5, least=True)
COUNTRIES = ("US", "CA", "NO", "SE", "DE")
MEMBERS = 5
"""One user in so many is in the cohort."""


@dataclass(frozen=True)
class Side:
    """What the flags of one side say."""

    flags: int = 1
    percent: int = 5
    countries: int = 3
    salt: str = ""
    member: int | None = None  # by number the first in the cohort that the flags ask for; None = they ask for none


@dataclass(frozen=True)
class Change:
    """Two sides, and how many users, as a share, move between them."""

    name: str
    before: Side
    after: Side
    moved: float


CHANGES = (
    Change("impact of 1 flag", Side(), Side(percent=25), 0.6 * 0.2),
    Change("impact of another condition", Side(percent=50), Side(percent=50, countries=4), 0.2 * 0.5),
    Change("impact of another list", Side(percent=100, member=0), Side(percent=100, member=1), 0.6 * 0.4),
    Change("impact of another salt", Side(percent=50), Side(percent=50, salt="new"), 0.6 * 0.625),
    Change("impact of 5 flags", Side(5), Side(5, percent=25), 0.6 * 0.2),
)


def measure(users: int = USERS, rounds: int = ROUNDS) -> list[Figure]:
    """One core: a population in JSON, parsed and counted; and the same users as contexts, asked of two engines."""
    print(f"  {users} users, {rounds} rounds", file=sys.stderr)
    return [each for change in CHANGES for each in _measured(change, users, rounds)]


def _measured(change: Change, users: int, rounds: int) -> list[Figure]:
    keys = [f"f{number}" for number in range(change.before.flags)]
    question = Question("default", _ruleset(change.before, users), _ruleset(change.after, users), keys)
    lines = [json.dumps(_user(number)).encode() for number in range(users)]
    contexts = [json_context(line) for line in lines]
    engines = tuple(Engine(side.flags, side.cohorts) for side in (question.before, question.after))
    contenders = {
        BARE: partial(_nanoseconds, partial(_asked, engines, question.keys, contexts), users),
        COUNTED: partial(_nanoseconds, partial(_counted, question, b"\n".join(lines), users, change.moved), users),
    }
    values = interleave(contenders, rounds)
    name = f"{change.name}: users per second of a core"
    return [
        figure(name, [1e9 / nanoseconds for nanoseconds in values[COUNTED]], "/s"),
        figure(name, ratios(values[BARE], values[COUNTED]), "×", base=BARE, goal=LEAST_SHARE),
    ]


def _ruleset(side: Side, users: int) -> Ruleset:
    match = [{"attribute": "user.country", "op": "is", "values": list(COUNTRIES[: side.countries])}]
    cohorts = []
    if side.member is not None:
        match.append({"op": "in cohort", "values": ["beta"]})
        members = [f"user-{number}" for number in range(side.member, users, MEMBERS)]
        cohorts = [FlagCohort.model_validate({"metadata": {"name": "beta"}, "spec": {"members": members}})]
    segment = {"name": "three countries", "match": match, "rollout": {"percent": side.percent}}
    spec = {"active": True, "variants": [{"key": "a"}, {"key": "b"}], "segments": [segment]}
    if side.salt:
        spec["bucketing"] = {"salt": side.salt}
    named = [{"kind": "Flag", "metadata": {"name": f"f{number}"}, "spec": spec} for number in range(side.flags)]
    compiled = compile_project([*cohorts, *map(Flag.model_validate, named)])
    return Ruleset(list(compiled.ruleset.flags.values()), compiled.cohorts)


def _user(number: int) -> dict[str, Any]:
    plan = "pro" if number % 3 else "free"
    return {"user_id": f"user-{number}", "country": COUNTRIES[number // 5 % 5], "user_properties": {"plan": plan}}


def _asked(engines: Sequence[Engine], keys: Sequence[str], contexts: Sequence[dict[str, Any]]) -> None:
    before, after = engines[0].variant, engines[1].variant
    for context in contexts:
        for key in keys:
            before(context, key)
            after(context, key)


def _counted(question: Question, data: bytes, users: int, expected: float) -> None:
    moves, counted = count([question], pieces(io.BytesIO(data)), 1, lambda _read: None)
    for key in question.keys:
        moved = sum(number for move, number in moves["default", key].items() if move.before != move.after)
        if counted != users or not 0.8 < moved / users / expected < 1.2:
            raise RuntimeError(f"{counted} users are counted, of whom {moved} move")


def _nanoseconds(work: Any, users: int) -> float:  # noqa: ANN401
    gc.collect()
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / users
