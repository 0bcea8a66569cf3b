"""Which flags a test can set."""

import json

import pytest

from flagd.testing.known import Known, UnknownFlagError

OFF, ON = {"key": "off"}, {"key": "on", "value": "on", "payload": 5, "metadata": {"m": 1}}
FLAGS = [
    {"key": "new-checkout", "variants": {"off": OFF, "on": ON}, "segments": [], "metadata": {"f": 2}},
    {"key": "new_checkout", "variants": {}, "segments": []},
    {"key": "new-cart", "variants": {"on": ON}, "segments": []},
    {"key": "a.b", "variants": {}, "segments": []},
    {"key": "a-b", "variants": {}, "segments": []},
    {"key": "group", "variants": {"on": ON}, "segments": [], "metadata": {"deployed": False}},
]


@pytest.fixture
def known(tmp_path):
    (tmp_path / "flags.json").write_text(json.dumps(FLAGS))
    return Known.read(tmp_path / "flags.json")


def test_what_nobody_may_ask_for_is_not_known(known):
    assert "group" not in known.flags


def test_a_variant_is_what_callers_get(known):
    found = known.variant("new-checkout", "on")
    assert (found.key, found.value, found.payload, found.metadata) == ("on", "on", 5, {"f": 2, "m": 1})
    assert known.variant("new-cart", "off").key == "off"


@pytest.mark.parametrize(
    ("flag", "variant", "said"),
    [
        ("new-chekout", "on", "no flag 'new-chekout'; did you mean 'new-checkout'?"),
        ("zzz", "on", "no flag 'zzz'$"),
        ("new-cart", "blue", "no variant 'blue'; it has off, on"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(known, flag, variant, said):
    with pytest.raises(UnknownFlagError, match=said.replace("?", r"\?")):
        known.variant(flag, variant)


def test_a_name_of_python_stands_for_one_key(known):
    assert known.key_of("new_cart") == "new-cart"
    assert known.key_of("new_checkout") == "new_checkout"  # to the letter
    assert known.key_of("unheard") == "unheard"
    with pytest.raises(UnknownFlagError, match=r"a_b may be a\.b or a-b"):
        known.key_of("a_b")


def test_another_file_is_refused(tmp_path):
    (tmp_path / "flags.json").write_text('{"a": 1}')
    with pytest.raises(ValueError, match="is not what flagctl compile writes"):
        Known.read(tmp_path / "flags.json")
