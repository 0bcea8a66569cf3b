from flagd.manifest import FlagSegment, validate
from flagd.manifest.parts.audience import audience_references
from flagd.manifest.path import format_path
from tests.unit.flagd.manifest.findings import audience


def test_segments_and_the_cohorts_in_each_group_are_named_with_their_place():
    vip, staff = ({"op": "in cohort", "values": names} for names in (["vip"], ["ops", "dev"]))
    segment, _ = validate(audience(segmentRefs=["us"], anyOf=[{"match": [vip]}, {"match": [staff]}]))
    assert isinstance(segment, FlagSegment)
    assert [(each.name, format_path(each.path)) for each in audience_references(segment.spec, ("spec",))] == [
        ("us", "spec.segmentRefs[0]"),
        ("vip", "spec.anyOf[0].match[0].values[0]"),
        ("ops", "spec.anyOf[1].match[0].values[0]"),
        ("dev", "spec.anyOf[1].match[0].values[1]"),
    ]
