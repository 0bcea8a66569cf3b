"""`flagctl impact` counts what two servers answer, one before the change and one after it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter

from flagd.engine import evaluation_context
from flagd.rpc.user_message import user_message
from flagd.v1.evaluation_pb2 import EvaluateRequest
from tests.wire.conftest import running

FLAGCTL = [sys.executable, "-c", "from flagctl.cli import main; main()"]
HEADER = {"apiVersion": "flagoperator.dev/v1alpha1"}
CANADA = [{"attribute": "user.country", "op": "is", "values": ["CA", "US"]}]


def resource(kind, name, **spec):
    return {**HEADER, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def flag(name, **spec):
    return resource("Flag", name, active=True, variants=[{"key": "a"}, {"key": "b"}], **spec)


def segment(percent, **audience):
    return {"name": "Some", **audience, "rollout": {"percent": percent}}


def project(percent, weights, members, countries, hold):
    rest = {"percent": percent, "weights": weights}
    return [
        flag("plain", segments=[segment(percent, match=CANADA)], allOtherUsers=rest),
        flag("child", prerequisites={"flags": [{"key": "plain", "variants": ["a"]}]}, allOtherUsers={"percent": 100}),
        flag("listed", segments=[segment(100, match=[{"op": "in cohort", "values": ["beta"]}])]),
        flag("shared", segments=[segment(50, segmentRefs=["region"])]),
        flag("held", memberOf=[{"group": "hold"}], allOtherUsers={"percent": 100}),
        flag("company", bucketing={"unit": "company"}, allOtherUsers=rest),
        flag("same", allOtherUsers={"percent": 50}),
        resource("FlagCohort", "beta", members=members),
        resource("FlagSegment", "region", match=[{**CANADA[0], "values": countries}]),
        resource("FlagGroup", "hold", type="Holdout", holdout={"percent": hold}),
    ]


BEFORE = project(20, {"a": 1, "b": 1}, ["u1", "u2"], ["CA"], 5)
AFTER = [
    *project("60.5", {"a": 3, "b": 1}, ["u2", "u3"], ["CA", "DE"], 40),
    flag("new", allOtherUsers={"percent": 50}),
]
FELT = ["child", "company", "held", "listed", "new", "plain", "shared"]


def users():
    for number, country in zip(range(250), itertools.cycle(["CA", "US", "DE", None]), strict=False):
        user = {"user_id": f"u{number}", "country": country, "user_properties": {"tags": ["x"], "n": number}}
        if number % 3 == 0:
            user["groups"] = {"company": {"name": f"c{number % 40}", "properties": {"size": 1}}}
        yield {name: value for name, value in user.items() if value is not None}


def save(folder, resources):
    folder.mkdir()
    (folder / "flags.yaml").write_text("---\n".join(json.dumps(each) + "\n" for each in resources))
    return folder


def answers(process, call):
    stub = call(process)
    for user in users():
        request = EvaluateRequest(project="shop", user=user_message(evaluation_context(user)))
        variants = stub.Evaluate(request).variants
        yield {key: (variant.key, variant.segment) for key, variant in variants.items()}


def test_the_counts_are_those_of_two_servers(tmp_path, call):
    before, after = save(tmp_path / "a", BEFORE), save(tmp_path / "b", AFTER)
    population = tmp_path / "users.jsonl"
    population.write_text("".join(json.dumps(user) + "\n" for user in users()))
    expected = {key: Counter() for key in FELT}
    with running(before) as one, running(after) as other:
        for old, new in zip(answers(one, call), answers(other, call), strict=True):
            assert old["same"] == new["same"]
            for key in FELT:
                had, has = old.get(key, (None, None)), new.get(key, (None, None))
                expected[key][(has[1], had[0], has[0])] += 1
    done = subprocess.run(
        [*FLAGCTL, "impact", before, after, "--population", population, "--output", "json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = {
        each["flag"]: Counter(
            {(move["segment"], move["before"], move["after"]): move["users"] for move in each["moves"]}
        )
        for each in json.loads(done.stdout)["flags"]
    }
    assert found == expected
