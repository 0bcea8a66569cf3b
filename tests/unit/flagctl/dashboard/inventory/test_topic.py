import pytest

from flagctl.dashboard.inventory.topic import Topic, topic_of
from flagd.manifest import KINDS


@pytest.mark.parametrize(
    "topic",
    [Topic(tuple(KINDS)), Topic(("Flag",)), Topic(("FlagCohort",), ("FlagCohort",)), Topic(flag=("shop", "checkout"))],
)
def test_a_topic_is_read_as_it_was_written(topic):
    assert topic_of(str(topic)) == topic


@pytest.mark.parametrize("text", ["", "nothing", "flag", "flag/a", "flag/a/b/c", "Flag"])
def test_what_is_no_topic_is_none(text):
    assert topic_of(text) is None
