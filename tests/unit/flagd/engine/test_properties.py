"""What rollouts promise, from the manifest to the answer."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagd.compiler import compile_project
from flagd.engine import Engine
from flagd.manifest import Flag

USERS = [f"user-{number}" for number in range(400)]
# In steps of 0.001 %, as manifests allow; most changes in practice are whole or halves.
THOUSANDTHS = st.integers(0, 100).map(lambda whole: whole * 1000) | st.integers(0, 100_000)
WEIGHTS = st.dictionaries(st.sampled_from(["on", "b", "c"]), st.integers(0, 9), min_size=1).filter(
    lambda weights: any(weights.values())
)


def manifest(thousandths, weights, key="f"):
    percent = f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")
    spec = {
        "active": True,
        "variants": [{"key": variant} for variant in ("on", "b", "c")],
        "allOtherUsers": {"percent": percent if "." in percent else int(percent), "weights": weights},
    }
    return Flag.model_validate({"kind": "Flag", "metadata": {"name": key}, "spec": spec})


def engine(thousandths, weights):
    compiled = compile_project([manifest(thousandths, weights)])
    assert compiled.diagnostics == []
    return Engine(compiled.flags)


def answers(thousandths, weights):
    made = engine(thousandths, weights)
    return [made.variant({"user": {"user_id": user}}, "f").key for user in USERS]


@settings(max_examples=40)
@given(st.lists(THOUSANDTHS, min_size=2, max_size=4), WEIGHTS)
def test_raising_a_percentage_moves_and_removes_nobody(steps, weights):
    for before, after in pairwise([answers(step, weights) for step in sorted(steps)]):
        assert all(old in ("off", new) for old, new in zip(before, after, strict=True))


@settings(max_examples=25)
@given(THOUSANDTHS, WEIGHTS)
def test_everybody_is_admitted_from_the_percentage_that_explain_names(thousandths, weights):
    made = engine(thousandths, weights)
    for user in USERS[:20]:
        explanation = made.explain({"user": {"user_id": user}}, "f")
        found = explanation.segments[-1].bucket
        if found is None or not found.admitted_from_percent:
            continue
        needed = round(float(found.admitted_from_percent) * 1000)
        assert found.admitted is (thousandths >= needed) is (explanation.variant.key != "off")
        if thousandths % 1000:
            context = {"user": {"user_id": user}}
            assert engine(needed, weights).variant(context, "f").key != "off"
            assert engine(needed - 1, weights).variant(context, "f").key == "off"


@settings(max_examples=25)
@given(THOUSANDTHS, WEIGHTS, WEIGHTS)
def test_changing_weights_changes_the_split_and_not_who_is_in(thousandths, before, after):
    if thousandths % 1000:
        thousandths = thousandths // 1000 * 1000  # a fraction is of each variant's own range, which weights move
    old, new = answers(thousandths, before), answers(thousandths, after)
    assert [key == "off" for key in old] == [key == "off" for key in new]


@settings(max_examples=25)
@given(WEIGHTS, st.randoms(use_true_random=False))
def test_an_answer_depends_neither_on_other_flags_nor_on_their_order(weights, shuffle):
    manifests = [manifest(50_000, weights, key) for key in "fgh"]
    shuffle.shuffle(manifests)
    compiled = compile_project(manifests)
    flags = list(compiled.flags)
    shuffle.shuffle(flags)
    made = Engine(flags)
    assert [made.variant({"user": {"user_id": user}}, "f").key for user in USERS] == answers(50_000, weights)


@settings(max_examples=25)
@given(THOUSANDTHS, WEIGHTS)
def test_compiled_flags_survive_a_round_trip_through_json(thousandths, weights):
    flags = compile_project([manifest(thousandths, weights)]).flags
    there, back = Engine(flags), Engine(json.loads(json.dumps(flags)))
    for user in USERS[:50]:
        context = {"user": {"user_id": user}}
        assert there.variant(context, "f").as_dict() == back.variant(context, "f").as_dict()


SCRIPT = """
import json, sys
from flagd.engine import Engine
flags, contexts = json.load(sys.stdin)
engine = Engine(flags)
print(json.dumps([{key: made.as_dict() for key, made in engine.evaluate(context).items()} for context in contexts]))
"""


@pytest.mark.parametrize("seed", ["1", "2"])
def test_an_answer_does_not_depend_on_the_process(seed):
    flags = compile_project([manifest(33_330, {"on": 1, "b": 2}, key) for key in "fgh"]).flags
    contexts = [{"user": {"user_id": user, "user_properties": {"b": 1, "a": [user]}}} for user in USERS[:100]]
    made = Engine(flags)
    here = [{key: found.as_dict() for key, found in made.evaluate(context).items()} for context in contexts]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([flags, contexts]),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert json.loads(there.stdout) == here


def test_the_newest_leave_first():
    order = random.Random(0).sample(range(0, 100_001, 500), 20)
    weights = {"on": 1, "b": 1, "c": 1}
    joined: dict[str, int] = {}
    for step in sorted(order):
        for user, key in zip(USERS, answers(step, weights), strict=True):
            if key != "off":
                joined.setdefault(user, step)
    for step in sorted(order, reverse=True):
        inside = {user for user, key in zip(USERS, answers(step, weights), strict=True) if key != "off"}
        assert inside == {user for user, since in joined.items() if since <= step}
