"""The declared type of a flag survives JSON, which knows one kind of number only."""

from __future__ import annotations

import json

import pytest

from flagd.engine import Engine
from flagd.ruleset import canonical_json
from tests.unit.flagd.compiler.manifest import compiled, flag, only


@pytest.mark.parametrize(("declared", "expected"), [("Float", 0.0), ("Integer", 0), (None, 0)])
@pytest.mark.parametrize("written", [0, 0.0])
def test_a_zero_is_what_the_flag_says_after_its_ruleset_went_over_json(declared, expected, written):
    typed = {} if declared is None else {"valueType": declared}
    source = only(compiled(flag("fee", variants=[{"key": "free", "payload": written}], **typed)), "fee")
    engine = Engine([json.loads(canonical_json(source))])
    variant = engine.variant({"user": {"user_id": "ann"}}, "fee")
    assert (variant.payload, type(variant.payload)) == (expected, type(expected))
    assert variant.metadata.get("valueType") == declared


def test_the_type_is_told_with_whatever_else_the_metadata_holds():
    declared = flag("fee", valueType="String", metadata={"team": "a"}, tracking={"experimentKey": "exp-1"})
    metadata = only(compiled(declared), "fee")["metadata"]
    assert metadata.items() >= {"valueType": "String", "team": "a", "experimentKey": "exp-1"}.items()
