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


def test_equal_lists_and_objects_are_one_object_and_what_only_looks_equal_is_not():
    same = '{"a": [1, {"b": "x"}], "c": %s}'
    read = json.loads(f"[{same % 1}, {same % 1}, {same % 'true'}, {same % '1.0'}, {same % '-0.0'}, {same % '0.0'}]")
    written = [json.dumps(each) for each in read]
    Sharing().share(read)
    assert [json.dumps(each) for each in read] == written
    assert read[0] is read[1]
    assert len({id(each) for each in read}) == 5
    assert len({id(each["a"]) for each in read}) == 1


def test_objects_whose_names_stand_in_another_order_stay_apart():
    read = json.loads('[{"a": "x", "b": "y"}, {"b": "y", "a": "x"}, ["a", "b"], {"a": "b"}]')
    written = json.dumps(read)
    Sharing().share(read)
    assert json.dumps(read) == written


def test_what_is_nested_deeper_than_python_recurses_is_shared_too():
    deep = inner = []
    for _ in range(10_000):
        inner.append([])
        inner = inner[0]
    inner.append("the end")
    Sharing().share(deep)
    assert inner == ["the end"]


def test_the_segments_of_a_flag_are_read_into_though_they_are_like_no_other():
    sharing = Sharing()
    read = [json.loads(FLAG % key) for key in ("first flag", "second flag")]
    for flag in read:
        sharing.share(flag)
    one, other = (flag["segments"][0] for flag in read)
    assert one is other
