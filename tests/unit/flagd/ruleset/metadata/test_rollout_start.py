"""Rollout start: where a segment stood travels in its private metadata."""

from flagd.ruleset.metadata.private import public_metadata
from flagd.ruleset.metadata.rollout_start import rollout_start, with_rollout_start

BUCKET = {"selector": ["context", "user", "user_id"], "salt": "f", "allocations": []}


def test_where_a_segment_rises_from_is_found_again_and_told_to_nobody():
    segment = {"metadata": with_rollout_start({"segmentName": "x"}, BUCKET)}
    assert rollout_start(segment) == BUCKET
    assert public_metadata(segment) == {"segmentName": "x"}
    assert rollout_start({}) is None
