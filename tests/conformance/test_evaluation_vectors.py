"""Amplitude's evaluation: flags and contexts, and what its engines answer, or what we ruled where they differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flagd.engine import Engine, evaluation_context

VECTORS = Path(__file__).parent / "vectors"
# Look-around cannot be matched in linear time; RE2 refuses it, and a pattern that is refused never matches.
OVERRULED = {"op/regex match/lookahead": {"f": "off"}}


def read(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / name).read_text())


def reachable(starts: list[str], dependencies: dict[str, list[str] | None]) -> set[str]:
    found: set[str] = set()
    ahead = [key for key in starts if key in dependencies]
    while ahead:
        key = ahead.pop()
        found.add(key)
        ahead += [parent for parent in dependencies[key] or [] if parent in dependencies and parent not in found]
    return found


EVALUATIONS = [*read("evaluation.json"), *read("rulings.json")]
# A condition on a flag that is not declared a dependency sees it only where all flags are evaluated.
DECLARED = [vector for vector in EVALUATIONS if not vector["id"].startswith("dep/undeclared-dependency")]


@pytest.mark.parametrize("vector", EVALUATIONS, ids=lambda vector: vector["id"])
def test_a_context_gets_the_variants_that_amplitude_gives(vector):
    got = Engine(vector["flags"]).evaluate(vector["context"], vector.get("flag_keys"))
    if vector["id"] in OVERRULED:
        assert {key: variant.key for key, variant in got.items()} == OVERRULED[vector["id"]]
    else:
        assert {key: variant.as_dict() for key, variant in got.items()} == vector["expected"]


@pytest.mark.parametrize("vector", DECLARED, ids=lambda vector: vector["id"])
def test_one_flag_alone_and_its_explanation_agree_with_all_flags(vector):
    engine = Engine(vector["flags"])
    everything = engine.evaluate(vector["context"])
    for flag in vector["flags"]:
        variant = engine.variant(vector["context"], flag["key"])
        assert variant is everything.get(flag["key"])
        assert engine.explain(vector["context"], flag["key"]).variant is variant


@pytest.mark.parametrize("vector", read("context.json"), ids=lambda vector: json.dumps(vector["user"])[:60])
def test_a_user_becomes_the_context_that_amplitude_makes_of_it(vector):
    assert evaluation_context(vector["user"]) == vector["context"]


@pytest.mark.parametrize("vector", read("order.json"), ids=lambda vector: vector["id"])
def test_flags_are_evaluated_in_the_order_that_amplitude_uses(vector):
    flags = [
        {"key": key, "segments": [{"variant": "on"}], "variants": {"on": {"key": "on"}}, "dependencies": parents}
        for key, parents in vector["dependencies"].items()
    ]
    engine = Engine(flags)
    order = engine.order(vector["flag_keys"])
    if vector["expected"] != {"error": "cycle"}:
        assert order == vector["expected"]
        return
    # Amplitude gives up on a cycle; here its members give off, and every flag is evaluated once.
    starts = vector["flag_keys"] or list(vector["dependencies"])
    assert sorted(order) == sorted(reachable(starts, vector["dependencies"]))
    variants = engine.evaluate({}, vector["flag_keys"])
    for key in order:
        parents = vector["dependencies"][key] or []
        expected = "off" if key in reachable(parents, vector["dependencies"]) else "on"
        assert variants[key].key == expected
