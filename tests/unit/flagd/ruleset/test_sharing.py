"""Sharing: what was read is the same as before, and equal texts are one object."""

import json

from flagd.ruleset.sharing import Sharing

FLAG = '{"key": "%s", "segments": [{"conditions": [[{"op": "is", "values": ["pro users", "é"]}]], "n": [1, null, {}]}]}'


def _texts(value):
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in _texts(part)]
    if isinstance(value, list):
        return [each for part in value for each in _texts(part)]
    return [value] if isinstance(value, str) else []


def test_equal_texts_of_several_flags_are_one_object_and_the_flags_are_what_they_were():
    sharing = Sharing()
    read = [json.loads(FLAG % key, object_pairs_hook=sharing.named) for key in ("first flag", "second flag")]
    for flag in read:
        sharing.share(flag)
    assert read == [json.loads(FLAG % key) for key in ("first flag", "second flag")]
    objects = {id(text) for text in _texts(read)}
    assert len(objects) == len(set(_texts(read)))


def test_what_is_nested_deeper_than_python_recurses_is_shared_too():
    deep = inner = []
    for _ in range(10_000):
        inner.append([])
        inner = inner[0]
    inner.append("the end")
    Sharing().share(deep)
    assert inner == ["the end"]
