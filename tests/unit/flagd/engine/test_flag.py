import pytest

from flagd.engine.context import evaluation_context
from flagd.engine.flag import make_flag
from flagd.engine.variant import Reason
from tests.unit.flagd.compiler.manifest import IN_US, cohort, compiled, flag, needing, targeted

ANN = evaluation_context({"user_id": "ann", "country": "US"})
BOB = evaluation_context({"user_id": "bob", "country": "CA"})


def made(*resources, key="f", cohorts=None):
    result = compiled(*resources)
    return make_flag(result.ruleset.flags[key], result.cohorts if cohorts is None else cohorts)


@pytest.mark.parametrize(
    ("resource", "context", "key", "reason"),
    [
        (flag("f"), ANN, "on", Reason.STATIC),
        (flag("f", active=False), ANN, "off", Reason.DISABLED),
        (targeted("f", IN_US), ANN, "on", Reason.TARGETING_MATCH),
        (targeted("f", IN_US), BOB, "off", Reason.DEFAULT),
        (flag("f", variants=[{"key": "a"}, {"key": "b"}]), ANN, None, Reason.SPLIT),
        (flag("f", variants=[{"key": "on", "testers": {"userIds": ["ann"]}}], active=False), ANN, "on", Reason.TESTER),
    ],
)
def test_the_first_segment_that_decides_gives_the_reason(resource, context, key, reason):
    variant = made(resource).decide(context, {})
    assert variant.reason is reason
    assert key in (None, variant.key)


def test_a_member_of_a_cycle_gets_off():
    ready = made(needing("f", "parent"), flag("parent"))
    assert ready.dependencies == ("parent",)
    assert (ready.off.key, ready.off.reason) == ("off", Reason.PREREQUISITE)


def test_a_flag_is_current_while_the_lists_that_it_names_are():
    in_cohort = targeted("f", {"op": "in cohort", "values": ["vip"]})
    result = compiled(in_cohort, cohort("vip", members=("ann",)))
    ready = make_flag(result.ruleset.flags["f"], result.cohorts)
    assert ready.is_current(result.cohorts)
    assert ready.is_current({**result.cohorts, "other": result.cohorts["vip"]})
    assert not ready.is_current({})


def test_variants_without_metadata_of_their_own_share_that_of_the_segment():
    source = {
        "key": "f",
        "metadata": {"rate": 0.5},
        "variants": {"a": {"key": "a"}, "b": {"key": "b"}, "off": {"key": "off", "metadata": {"default": True}}},
        "segments": [],
    }
    ranges = [{"variant": key, "range": [0, 42_949_673]} for key in ("a", "b")]
    halves = [
        {"range": [start, start + 50], "distributions": [each]} for start, each in zip((0, 50), ranges, strict=True)
    ]
    bucket = {"selector": ["context", "user", "user_id"], "salt": "f", "allocations": halves}
    source["segments"] = [{"bucket": bucket, "variant": "off"}]
    [segment] = make_flag(source, {}).segments
    a, b = (segment.bucket.at(number) for number in (0, 50))
    assert (a.key, b.key) == ("a", "b")
    assert a.metadata is b.metadata
    assert (a.metadata, segment.outcome.metadata) == ({"rate": 0.5}, {"rate": 0.5, "default": True})
