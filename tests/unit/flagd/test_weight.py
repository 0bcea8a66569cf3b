import json

import pytest

from flagd.weight import CLIENT_BYTES, Scale, in_mebibytes, weight
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
    assert 0 < Scale().answer_bytes(light) < 1000
    assert Scale().answer_bytes(heavy) > Scale().answer_bytes(light) + 5000 - 100


@pytest.mark.parametrize("odd", [{}, {"key": "f", "variants": []}, {"key": "f", "variants": {}}, {"metadata": 1}])
def test_groups_and_malformed_flags_weigh_nothing(odd):
    assert Scale().answer_bytes(odd) == 0
    assert Scale().answer_bytes(only(compiled(mutex("g", a=100)), "g")) == 0


def test_flags_that_share_parts_weigh_what_they_weigh_alone():
    scale = Scale()
    flags = [
        only(compiled(flag("f", variants=[{"key": key, "payload": {"x": "y" * size}}])), "f")
        for key, size in (("on", 10), ("b", 500), ("on", 10))
    ]
    flags += [{**flags[0], "key": "longer"}, {**flags[1], "metadata": flags[0]["metadata"]}]
    assert [scale.answer_bytes(each) for each in flags] == [Scale().answer_bytes(each) for each in flags]


def test_sizes_are_told_in_mebibytes():
    assert in_mebibytes(3_565_158) == "3.4 MiB"
