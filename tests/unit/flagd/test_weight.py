import json

import pytest

from flagd.weight import CLIENT_BYTES, answer_bytes, in_mebibytes, weight
from tests.unit.flagd.compiler.manifest import compiled, flag, mutex, only


@pytest.mark.parametrize("value", ["text", "ä\u20ac\U0001f600", '"\\\n', [1, 2.5, None, True], {"a": {"b": ["c"] * 9}}])
def test_the_weight_is_no_less_than_the_json(value):
    assert weight(value, CLIENT_BYTES) >= len(json.dumps(value, ensure_ascii=False).encode())


def test_counting_ends_above_the_most():
    shared = "x" * 1000
    for _ in range(40):  # as aliases of YAML: 2 ** 40 texts
        shared = [shared, shared]
    assert 10_000 < weight(shared, 10_000) < 12_000


def test_an_answer_weighs_as_its_heaviest_variant():
    light = only(compiled(flag("f")), "f")
    heavy = only(compiled(flag("f", variants=[{"key": "on"}, {"key": "b", "payload": "x" * 5000}])), "f")
    assert 0 < answer_bytes(light) < 1000
    assert answer_bytes(heavy) > answer_bytes(light) + 5000 - 100


@pytest.mark.parametrize("odd", [{}, {"key": "f", "variants": []}, {"key": "f", "variants": {}}, {"metadata": 1}])
def test_groups_and_malformed_flags_weigh_nothing(odd):
    assert answer_bytes(odd) == 0
    assert answer_bytes(only(compiled(mutex("g", a=100)), "g")) == 0


def test_sizes_are_told_in_mebibytes():
    assert in_mebibytes(3_565_158) == "3.4 MiB"
