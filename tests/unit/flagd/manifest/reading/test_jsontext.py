from __future__ import annotations

import json

import pytest

from tests.unit.flagd.manifest.reading.read import data, reasons


def test_json_may_hold_surrogate_pairs_and_tabs():
    assert data('{\n\t"a": "\\ud83d\\ude00", "b": "\\/", "c": 25.0}') == [{"a": "😀", "b": "/", "c": 25}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [('{"a": 1, "a": 2}', "DuplicateKey"), ('{"a": "\\ud83d"}', "InvalidJson"), ('{"a": NaN, "b": .inf}', "NotJson")],
)
def test_json_is_refused_as_yaml_is(text: str, reason: str):
    assert reasons(text) == [reason]


def test_json_and_yaml_read_the_same():
    value = {"a": [1, 2.5, "x", None, True, {"b": {}}], "c": -3, "d": 1e3}
    assert data(json.dumps(value)) == data("---\n# as yaml\n" + json.dumps(value)) == [value]


def test_a_brace_may_begin_yaml_as_well():
    assert data("{a: 1, b: [c]}") == [{"a": 1, "b": ["c"]}]
