"""Flags that were imported from flagd's definitions answer as flagd's own evaluator does."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

from flagctl.migration.flagd_definition import from_flagd
from flagctl.migration.transfer import transfers
from flagd.api.openfeature.context import evaluation_context
from flagd.engine import Engine
from tests.wire.clients import environment

PLAN, AGE, EMAIL, VERSION, BETA = ({"var": name} for name in ("plan", "age", "email", "version", "beta"))
VALUES: dict[str, list[Any]] = {
    "plan": [None, "pro", "free", "promo", "Pro", ""],
    "age": [None, 0, 17, 18, 18.5, 19, -1],
    "email": [None, "ann@a.b", "ann@axb", "bob@A.B", "x.b"],
    "version": [None, "1.2.3", "1.2.0", "1.3.0", "2.0.0", "2.0.0-beta", "10.0.0", "0.9.9"],
    "beta": [None, True, False],
    "targetingKey": ["ann", "bob", "eve"],
    "country": [None, "NO", "SE"],
}
RULES: list[Any] = [
    {"==": [PLAN, "pro"]},
    {"!==": [PLAN, "pro"]},
    {"==": [BETA, True]},
    {"!==": [BETA, False]},  # what a missing attribute != false is, JSONLogic engines do not agree on
    {"in": [PLAN, ["pro", "free"]]},
    {"!": {"in": [PLAN, ["pro", "free"]]}},
    {"in": ["@a.b", EMAIL]},
    {"!": [{"in": ["@a.b", EMAIL]}]},
    {"starts_with": [PLAN, "pro"]},
    {"!": {"starts_with": [PLAN, "pro"]}},
    {"ends_with": [EMAIL, ".b"]},
    {">": [AGE, 18]},
    {"<": [AGE, 18]},
    {"<=": [0, AGE, 18]},
    {"!": {"<=": [AGE, 18]}},
    {"!": {">=": [AGE, 18]}},
    {">=": [AGE, 0]},
    {"<": [18, AGE]},
    {"==": [{"var": "targetingKey"}, "ann"]},
    {"==": ["NO", {"var": "country"}]},
    {"!": BETA},
    {"!!": [PLAN]},
    {"and": [{"==": [PLAN, "pro"]}, {"or": [{">": [AGE, 17]}, BETA]}]},
    {"!": {"and": [{"==": [PLAN, "pro"]}, {"or": [{">": [AGE, 17]}, BETA]}]}},
    *({"sem_ver": [VERSION, op, "1.2.3"]} for op in ("=", "!=", "<", "<=", ">", ">=", "~", "^")),
    *({"!": {"sem_ver": [VERSION, op, "1.2.3"]}} for op in ("=", "!=", "<", ">=", "~", "^")),
    {"sem_ver": [VERSION, "^", "2.0"]},
    {"sem_ver": [VERSION, "~", "2.0"]},
]
NESTED = {
    "if": [
        {"==": [PLAN, "pro"]},
        {"if": [{">": [AGE, 18]}, "two", None]},
        {"in": [PLAN, ["free", "promo"]]},
        {"if": [{"!": BETA}, "one", "two"]},
    ]
}


def flag(targeting: Any) -> dict[str, Any]:
    variants = {name: name for name in ("none", "one", "two")}
    return {"state": "ENABLED", "variants": variants, "defaultVariant": "none", "targeting": targeting}


def contexts(number: int) -> list[dict[str, Any]]:
    chance = random.Random(17)
    drawn = ({name: chance.choice(values) for name, values in VALUES.items()} for _ in range(number))
    return [{name: value for name, value in each.items() if value is not None} for each in drawn]


def test_imported_flags_answer_as_flagds_own_evaluator_does():
    python = environment.python()
    flags = {f"f{at}": flag({"if": [rule, "one"]}) for at, rule in enumerate(RULES)} | {"nested": flag(NESTED)}
    definition, asked = {"flags": flags}, contexts(400)
    done = subprocess.run(
        [python, environment.PYTHON_FOLDER / "flagd_core_ask.py"],
        input=json.dumps({"definition": definition, "contexts": asked}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported, ours = transfers(from_flagd(definition))
    assert [(each.faults, each.flag.losses) for each in imported] == [((), ())] * len(flags)
    engine = Engine(ours.values())
    for attributes, theirs in zip(asked, json.loads(done.stdout), strict=True):
        found = engine.evaluate(evaluation_context(attributes))
        differing = {key: (variant, found[key].key) for key, variant in theirs.items() if found[key].key != variant}
        rules = {key: flags[key]["targeting"] for key in differing}
        assert differing == {}, f"{attributes} {rules}"
