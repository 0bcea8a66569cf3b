"""A Client key is told which variant a user gets, and nothing of why that it may not know."""

from __future__ import annotations

import pytest

from flagd.api.discretion import Discretion
from flagd.engine.variant import Reason, Variant


def variant(reason: Reason = Reason.TARGETING_MATCH) -> Variant:
    metadata = {"segmentName": "big spenders", "team": "web"}
    return Variant("on", "on", {"columns": 1}, metadata, reason, "big spenders", "context.groups.company")


def test_segment_and_missing_value_stay_inside():
    told = Discretion().told(variant())
    assert (told.key, told.value, told.payload) == ("on", "on", {"columns": 1})
    assert (told.metadata, told.segment, told.missing) == ({"team": "web"}, "", "")


@pytest.mark.parametrize("reason", Reason)
def test_a_prerequisite_looks_like_the_default_and_other_reasons_are_told(reason: Reason):
    told = Discretion().told(variant(reason))
    assert told.reason is (Reason.DEFAULT if reason is Reason.PREREQUISITE else reason)


def test_what_is_told_of_a_variant_is_made_once_and_the_variant_stays_as_it_was():
    discretion, found = Discretion(), variant()
    assert discretion.told(found) is discretion.told(found)
    assert found.metadata["segmentName"] == "big spenders"
