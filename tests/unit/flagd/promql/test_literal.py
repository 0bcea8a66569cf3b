import pytest

from flagd.promql.fault import QueryError
from flagd.promql.literal import Literals

QUERIES = ['a{b="x"}', "a{b='it\\'s',c=`raw \"`}", 'sum(a{b="\\""}) # "no text"\n + b', "a"]


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_taken_out_is_put_back(query):
    literals = Literals.of(query)
    assert "x" not in literals.skeleton
    assert literals.restored() == query.replace('# "no text"', " ")


def test_every_text_can_be_changed():
    assert Literals.of('a{b="x",c="y"}').mapped(str.upper).restored() == 'a{b="X",c="Y"}'


def test_a_text_that_is_lost_is_refused():
    literals = Literals.of('a{b="x"}')
    with pytest.raises(QueryError, match="quoted label names"):
        Literals("a", literals.texts).restored()
