"""Full rollout: what a segment of 0 % carries for Explain, and who gets it."""

from __future__ import annotations

import json

import pytest

from flagd.engine import Engine
from flagd.ruleset.forms.local_sdk import for_local_sdks
from flagd.ruleset.metadata.full_rollout import full_rollout
from flagd.ruleset.metadata.private import amplitude_form
from tests.unit.flagd.compiler.manifest import compiled, flag

REST = {"variant": "off", "metadata": {"segmentName": "All Other Users"}}


@pytest.fixture
def ruleset():
    return compiled(flag("f", evaluationMode="Local", allOtherUsers=None)).ruleset


def test_a_segment_of_0_percent_carries_the_bucket_that_it_would_have(ruleset):
    segment = ruleset.flags["f"]["segments"][-1]
    assert full_rollout(segment)["salt"] == "f"
    assert full_rollout(REST) is None


def test_amplitude_gets_the_form_that_its_compiler_makes(ruleset):
    assert amplitude_form(ruleset.flags["f"])["segments"] == [REST]
    assert for_local_sdks(ruleset.flags["f"])["segments"] == [REST]


def test_a_flag_without_such_a_segment_is_left_as_it_is():
    source = compiled(flag("f", allOtherUsers={"percent": 10})).ruleset.flags["f"]
    assert amplitude_form(source) is source


def test_callers_are_told_nothing_of_it(ruleset):
    variant = Engine(ruleset.flags.values()).variant({"user": {"user_id": "eve"}}, "f")
    assert "salt" not in json.dumps(variant.as_dict())
    assert variant.metadata["segmentName"] == "All Other Users"
