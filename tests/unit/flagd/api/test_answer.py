"""Answers: encoded once per variant, counted every time."""

import math

import pytest
from google.protobuf.json_format import MessageToDict

from flagd.api.answer import Answers, encode_entry, to_message, unknown_flag
from flagd.engine import Reason as EngineReason
from flagd.engine import Variant as EngineVariant
from flagd.metrics import Metrics
from flagd.v1.evaluation_pb2 import EvaluateResponse, Reason, Variant, WatchResponse

NOBODY = {}


def _variant(**fields):
    defaults = {
        "key": "on",
        "value": "on",
        "payload": None,
        "metadata": {},
        "reason": EngineReason.SPLIT,
        "segment": "s",
    }
    return EngineVariant(**{**defaults, **fields})


def test_entries_that_stand_one_after_the_other_are_a_map():
    data = encode_entry("a", Variant(key="1")) + encode_entry("b", Variant(key="2"))
    assert {key: one.key for key, one in EvaluateResponse.FromString(data).variants.items()} == {"a": "1", "b": "2"}
    assert {key: one.key for key, one in WatchResponse.FromString(data).variants.items()} == {"a": "1", "b": "2"}


def test_a_variant_is_encoded_once_and_counted_every_time():
    metrics = Metrics()
    answers, variant = Answers("shop", metrics), _variant()
    assert answers.entry("a", variant, NOBODY) is answers.entry("a", variant, NOBODY)
    assert metrics.evaluations["shop", "a", "on", "SPLIT"].count == 2


class _Sampled:
    """Samples of the variants whose key is "on"."""

    def __init__(self):
        self.taken = []

    def place(self, _project, _flag_key, variant):
        return self if variant.key == "on" else None

    def take(self, context):
        self.taken.append(context)


@pytest.mark.parametrize("samples", [None, _Sampled])
def test_the_keys_of_what_was_found_are_answered_and_counted_in_their_order(samples):
    context, variants = {"user": {"user_id": "ann"}}, {"b": _variant(key="on"), "a": _variant(key="off")}
    seen = []
    for keys in (variants, [*variants]):
        metrics, sampled = Metrics(), samples and samples()
        answers = Answers("shop", metrics, samples=sampled)
        entries = [answers.entries(keys, variants, context) for _ in range(2)]
        answers.count_each(keys, variants, context)
        counts = {labels: series.count for labels, series in metrics.evaluations.items()}
        assert set(counts.values()) == {3}
        seen.append((entries, counts, sampled and len(sampled.taken)))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("undecided", [False, True])
@pytest.mark.parametrize("samples", [None, _Sampled])
def test_all_flags_are_answered_counted_and_sampled_as_one_by_one(samples, undecided):
    keys, context = ["a", "b", "c"], {"user": {"user_id": "ann"}}
    variants = {"a": _variant(key="on"), "b": _variant(key="off")} | ({} if undecided else {"c": _variant()})
    seen = []
    for at_once in (False, True):
        metrics, sampled = Metrics(), samples and samples()
        answers = Answers("shop", metrics, samples=sampled)
        for _ in range(3):
            if at_once:
                entries = answers.entries(keys, variants, context)
            else:
                entries = [answers.entry(key, variants.get(key), context) for key in keys]
        counts = {labels: series.count for labels, series in metrics.evaluations.items()}
        seen.append((entries, counts, sampled and sampled.taken))
    assert seen[0] == seen[1]


def test_the_next_revision_takes_over_what_did_not_change():
    metrics = Metrics()
    first, kept = Answers("shop", metrics), _variant()
    entry = first.entry("a", kept, NOBODY)
    second = Answers("shop", metrics, first)
    assert second.entry("a", kept, NOBODY) is entry
    assert second.entry("a", _variant(), NOBODY) is not entry
    assert metrics.evaluations["shop", "a", "on", "SPLIT"].count == 3


def test_equal_variants_have_equal_bytes():
    metadata = {f"m{n}": n for n in range(20)}
    one, two = _variant(metadata=metadata), _variant(metadata=dict(reversed(metadata.items())))
    answers = Answers("shop", Metrics())
    assert answers.entry("a", one, NOBODY) == answers.entry("a", two, NOBODY)


def test_no_variant_is_off():
    entry = EvaluateResponse.FromString(Answers("shop", Metrics()).entry("a", None, NOBODY))
    assert entry.variants["a"] == Variant(key="off", reason=Reason.REASON_DEFAULT)


def test_unknown_flags_are_counted_by_project_and_never_by_key():
    metrics = Metrics()
    entry = Answers("shop", metrics).unknown("whatever a caller sent")
    assert EvaluateResponse.FromString(entry).variants["whatever a caller sent"] == unknown_flag()
    assert metrics.unknown_flags == {"shop": 1}
    assert metrics.evaluations == {}


@pytest.mark.parametrize("reason", list(EngineReason))
def test_every_reason_of_the_engine_has_its_name_on_the_wire(reason):
    assert Reason.Name(to_message(_variant(reason=reason)).reason) == f"REASON_{reason}"


CASES = [
    ({"value": None}, {"value": None}),
    ({"value": ""}, {"value": ""}),
    ({"value": {"a": [1]}}, {"value": '{"a":[1]}'}),
    ({"payload": False}, {"payload": False}),
    ({"payload": {"a": [1, None]}}, {"payload": {"a": [1.0, None]}}),
    ({"metadata": {"flagVersion": 7}}, {"flagVersion": "7", "metadata": {"flagVersion": 7.0}}),
    ({"metadata": {"flagVersion": "x"}}, {"flagVersion": None}),
    ({"metadata": {"flagVersion": 1 << 63}}, {"flagVersion": None}),
    ({"reason": EngineReason.ERROR}, {"errorCode": "ERROR_CODE_GENERAL"}),
]


@pytest.mark.parametrize(("fields", "expected"), CASES)
def test_a_variant_as_a_message(fields, expected):
    message = MessageToDict(to_message(_variant(**fields)))
    assert {name: message.get(name) for name in expected} == expected


def test_an_infinite_payload_does_not_stop_an_answer():
    assert to_message(_variant(payload=math.inf)).payload.number_value == math.inf
