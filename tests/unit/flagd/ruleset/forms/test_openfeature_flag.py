import pytest

from flagd.ruleset.forms.openfeature_flag import openfeature_manifest


def _entry(variants, off=None, **metadata):
    off_variant = {"key": "off"} | ({} if off is None else {"payload": off})
    flag = {"key": "a", "variants": {**variants, "off": off_variant}, "segments": [], "metadata": metadata}
    return openfeature_manifest({"a": flag})["flags"]["a"]


def _of(*payloads):
    return {f"v{number}": {"key": f"v{number}", "payload": payload} for number, payload in enumerate(payloads)}


@pytest.mark.parametrize(
    ("variants", "off", "kind", "default"),
    [
        ({"on": {"key": "on", "value": "on"}}, None, "boolean", False),
        ({"on": {"key": "on", "value": "blue"}}, None, "string", "off"),
        (_of(True, False), True, "boolean", True),
        (_of("a", "b"), "c", "string", "c"),
        (_of(1, 2), 3, "integer", 3),
        (_of(1, 2**60), None, "float", 0.0),
        (_of(1, 2.5), 3, "float", 3.0),
        (_of({"a": 1}), {"a": 0}, "object", {"a": 0}),
        (_of([1], {"a": 1}), None, "object", {}),
        (_of(1, "a"), 1, "object", {}),
        (_of({"a": 1}), "text", "object", {}),
        ({}, None, "boolean", False),
    ],
)
def test_the_type_is_that_of_all_variants_and_the_default_what_off_carries(variants, off, kind, default):
    found = _entry(variants, off)
    assert (found["flagType"], found["defaultValue"], type(found["defaultValue"])) == (kind, default, type(default))


@pytest.mark.parametrize(
    ("declared", "kind"),
    [("Boolean", "boolean"), ("String", "string"), ("Integer", "integer"), ("Float", "float"), ("JSON", "object")],
)
def test_what_the_flag_says_that_its_values_are_comes_first(declared, kind):
    assert _entry(_of(1), valueType=declared)["flagType"] == kind
