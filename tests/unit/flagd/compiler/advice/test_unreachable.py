import pytest

from flagd.compiler.advice.unreachable import unreachable
from flagd.manifest.kinds import Flag
from tests.unit.flagd.compiler.manifest import compiled, flag, mutex, needing

TESTED = [{"key": "on", "testers": {"userIds": ["ann"]}}]


def warned(*resources):
    flags = compiled(*resources).ruleset.flags
    return [(each.resource.name, each.path, each.reason) for each in unreachable(resources, flags)]


@pytest.mark.parametrize(
    "parent",
    [
        flag("parent", active=False),
        flag("parent", allOtherUsers={"percent": 0}),
        flag("parent", testing=False, active=False),
    ],
)
def test_an_active_flag_that_needs_what_nobody_gets_serves_nobody(parent):
    assert warned(parent, needing("child", "parent")) == [("child", "spec.active", "ServesNobody")]
    assert warned(parent, needing("child", "parent", active=False)) == []


def test_a_slot_of_no_percent_serves_nobody():
    inside = flag("inside", memberOf=[{"group": "g", "slot": "a"}])
    assert warned(mutex("g", a=0, b=100), inside) == [("inside", "spec.active", "ServesNobody")]
    assert warned(mutex("g", a=1, b=99), inside) == []


@pytest.mark.parametrize(
    "parent", [flag("parent", variants=TESTED, active=False), flag("parent", allOtherUsers={"percent": "0.001"})]
)
def test_somebody_is_enough(parent):
    assert warned(parent, needing("child", "parent")) == []


def test_of_several_of_which_one_is_enough_none_may_be_met():
    parents = [flag("a", active=False), flag("b", allOtherUsers={"percent": 0})]
    either = {"match": "Any", "flags": [{"key": each.key, "variants": ["on"]} for each in parents]}
    (found,) = unreachable(every := [*parents, flag("child", prerequisites=either)], compiled(*every).ruleset.flags)
    assert "nobody gets what it needs of a, b, so" in found.message
    assert warned(parents[0], flag("b"), flag("child", prerequisites=either)) == []
    assert all(isinstance(each, Flag) for each in every)
