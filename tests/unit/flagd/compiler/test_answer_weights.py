"""AnswerWeights: the sum and the heaviest follow every change, at the cost of what changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler.answer_weights import NAMED, AnswerWeights

CHANGES = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4), max_size=4), max_size=8)


@given(CHANGES)
def test_every_change_equals_weighing_everything(changes):
    weights, known = AnswerWeights(), {}
    for change in changes:
        weights = weights.changed(change)
        known = {key: weight for key, weight in {**known, **change}.items() if weight}
        assert dict(weights.by_key) == known
        assert weights.total == sum(known.values())
        assert list(weights.heaviest) == sorted(known, key=lambda key: (known[key], key), reverse=True)[:NAMED]


def _fail(_weights):
    raise AssertionError("all flags were looked at")


@pytest.mark.parametrize("weight", [0, 1, 99, 100, 101, 1_000])
def test_a_change_of_one_flag_looks_at_no_other_but_the_heaviest(weight, monkeypatch):
    weights = AnswerWeights().changed({f"flag {number:03}": 100 for number in range(500)})
    monkeypatch.setattr("flagd.ruleset.persistent.PersistentMap.__iter__", _fail)
    monkeypatch.setattr("flagd.ruleset.persistent.PersistentMap.as_dict", _fail)
    found = weights.changed({"flag 250": weight})
    assert found.heaviest[0] == ("flag 250" if weight > 100 else "flag 499")
    assert len(found.heaviest) == NAMED
