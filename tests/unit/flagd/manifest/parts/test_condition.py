from typing import get_args

import pytest

from flagd.manifest.parts import condition as parts
from tests.unit.flagd.manifest.findings import condition, found

OPERATORS = set(get_args(parts.Operator))


@pytest.mark.parametrize("table", [parts.OPERATOR_SYNONYMS, parts.EXISTENCE_OPERATORS], ids=["synonym", "existence"])
def test_what_others_call_an_operator_is_none_of_ours_and_leads_to_one(table):
    assert not OPERATORS & table.keys()
    assert set(table.values()) <= OPERATORS


@pytest.mark.parametrize("op", [*parts.OPERATOR_SYNONYMS, *parts.EXISTENCE_OPERATORS])
def test_the_word_of_another_system_is_refused_with_ours(op):
    known = {**parts.OPERATOR_SYNONYMS, **parts.EXISTENCE_OPERATORS}
    (finding,) = found(condition(op=op))
    assert finding.path == "spec.match[0].op"
    assert f"`{known[op]}`" in finding.message
