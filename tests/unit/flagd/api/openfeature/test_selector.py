"""The header flagd-selector."""

import pytest

from flagd.api.openfeature.selector import selected_project
from flagd.rpc.status import InvalidArgument

GOOD = [
    ({}, ""),
    ({"flagd-selector": ""}, ""),
    ({"flagd-selector": "flagSetId="}, ""),
    ({"flagd-selector": "flagSetId=shop"}, "shop"),
    ({"flagd-selector": " flagSetId = shop "}, "shop"),
    ({"flagd-selector": "flagSetId=a=b"}, "a=b"),
    ({"flagd-selector": " shop "}, "shop"),
]


@pytest.mark.parametrize(("metadata", "project"), GOOD)
def test_a_selector_names_a_project_or_none(metadata, project):
    assert selected_project(metadata) == project


@pytest.mark.parametrize(
    "selector", ["shop,web", "source=flags.json", "flagsetid=shop", "flagSetId", "flagSetId=a,source=b", "=shop"]
)
def test_any_other_selector_is_refused_and_the_right_one_named(selector):
    with pytest.raises(InvalidArgument) as refused:
        selected_project({"flagd-selector": selector})
    assert refused.value.message == (
        "flagd-selector: must be flagSetId=<project>, or just the project; flags are selected by nothing else"
    )


def test_a_project_name_beyond_the_limit_is_refused():
    with pytest.raises(InvalidArgument, match="flagd-selector: longer than 256 bytes"):
        selected_project({"flagd-selector": "flagSetId=" + "x" * 257})
