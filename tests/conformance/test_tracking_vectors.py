"""What Amplitude's SDKs tell of assignments and exposures, and what they tell only once."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from flagd.engine.context import evaluation_context
from flagd.tracking.event import assignment, exposures
from flagd.tracking.given import Given
from flagd.tracking.java_hash import java_hash
from flagd.tracking.news import News
from flagd.tracking.subject import Subject

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tracking.json").read_text())
TRACKING = VECTORS["tracking"]


def _given(user, results, at=0):
    variants = {
        flag: SimpleNamespace(key=one["key"], value=one.get("value"), metadata=one.get("metadata"), reason="STATIC")
        for flag, one in results.items()
    }
    return Given(Subject.of(evaluation_context(user)), variants, at)


@pytest.fixture
def given():
    return _given(TRACKING["user"], TRACKING["results"], TRACKING["timestamp_ms"])


def _told(event):
    return {name: value for name, value in event.as_json().items() if name != "time"}


def test_the_canonical_form_is_amplitudes(given):
    assert given.canonical == TRACKING["canonical"]


def test_the_assignment_event_is_amplitudes(given):
    assert _told(assignment(given)) == TRACKING["assignment_event"]


def test_the_exposure_events_are_amplitudes_in_their_order(given):
    assert [_told(event) for event in exposures(given)] == TRACKING["exposure_events"]


@pytest.mark.parametrize("text", VECTORS["hash_code"])
def test_texts_are_hashed_as_java_does(text):
    assert java_hash(text) == VECTORS["hash_code"][text]


def test_what_was_told_is_not_told_again_until_it_is_forgotten():
    news = News(capacity=2)
    for step in VECTORS["dedupe (capacity 2)"]:
        given = _given({"user_id": step["user_id"]}, {flag: {"key": key} for flag, key in step["results"].items()})
        assert (bool(given.variants) and news.is_news(given.canonical) is step["track"]) or not step["track"]


def test_the_order_of_flags_is_irrelevant():
    news = News()
    orders = ({"a": {"key": "on"}, "b": {"key": "off"}}, {"b": {"key": "off"}, "a": {"key": "on"}})
    told = [news.is_news(_given({"user_id": "u"}, results).canonical) for results in orders]
    assert told == VECTORS["dedupe order of keys is irrelevant"]


def test_absent_ids_are_none_and_others_are_trimmed():
    assert _given({}, {"f": {"key": "on"}}).canonical == VECTORS["canonical null ids"]
    assert _given({"user_id": " u ", "device_id": "\td"}, {}).canonical == "u d "
