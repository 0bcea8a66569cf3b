"""`flagctl impact` of one flag: users counted on both sides, against the bare engine asked of both sides."""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figure import Figure, figure, ratios
from benchmarks.rounds import interleave
from flagctl.impact.question import Question, Ruleset
from flagctl.impact.users.json_user import json_context
from flagctl.impact.users.population import pieces
from flagctl.impact.workers import count
from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.manifest import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

USERS, ROUNDS = 20_000, 30
BARE, COUNTED = "Engine.variant, twice", "flagctl impact"
COUNTRIES = ("US", "CA", "NO", "SE", "DE")


def measure(users: int = USERS, rounds: int = ROUNDS) -> list[Figure]:
    """One core: a population in JSON, parsed and counted; and the same users as contexts, asked of two engines."""
    question = Question("default", _ruleset(5), _ruleset(25), ["f"])
    lines = [json.dumps(_user(number)).encode() for number in range(users)]
    contexts = [json_context(line) for line in lines]
    engines = Engine(question.before.flags), Engine(question.after.flags)
    contenders = {
        BARE: partial(_nanoseconds, partial(_asked, engines, contexts), users),
        COUNTED: partial(_nanoseconds, partial(_counted, question, b"\n".join(lines), users), users),
    }
    print(f"  {users} users, {rounds} rounds", file=sys.stderr)
    values = interleave(contenders, rounds)
    name = "impact of one flag: users per second of a core"
    return [
        figure(name, [1e9 / nanoseconds for nanoseconds in values[COUNTED]], "/s"),
        figure(name, ratios(values[BARE], values[COUNTED]), "×", base=BARE),
    ]


def _ruleset(percent: int) -> Ruleset:
    match = [{"attribute": "user.country", "op": "is", "values": list(COUNTRIES[:3])}]
    segment = {"name": "three countries", "match": match, "rollout": {"percent": percent}}
    spec = {"active": True, "variants": [{"key": "a"}, {"key": "b"}], "segments": [segment]}
    flag = Flag.model_validate({"kind": "Flag", "metadata": {"name": "f"}, "spec": spec})
    compiled = compile_project([flag])
    return Ruleset(list(compiled.ruleset.flags.values()), compiled.cohorts)


def _user(number: int) -> dict[str, Any]:
    plan = "pro" if number % 3 else "free"
    return {"user_id": f"user-{number}", "country": COUNTRIES[number % 5], "user_properties": {"plan": plan}}


def _asked(engines: tuple[Engine, Engine], contexts: Sequence[dict[str, Any]]) -> None:
    before, after = engines[0].variant, engines[1].variant
    for context in contexts:
        before(context, "f")
        after(context, "f")


def _counted(question: Question, data: bytes, users: int) -> None:
    moves, counted = count([question], pieces(io.BytesIO(data)), 1, lambda _read: None)
    moved = sum(number for move, number in moves["default", "f"].items() if move.before != move.after)
    if counted != users or not 0.1 < moved / users < 0.14:  # 3 of 5 countries, 20 % of them
        raise RuntimeError(f"{counted} users are counted, of whom {moved} move")


def _nanoseconds(work: Any, users: int) -> float:  # noqa: ANN401
    gc.collect()
    started = time.process_time_ns()
    work()
    return (time.process_time_ns() - started) / users
