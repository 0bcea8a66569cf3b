from flagd.manifest import KINDS, FlagSegment, validate
from flagd.manifest.reference import Reference
from tests.unit.flagd.manifest.findings import found, resource


def test_a_segment_refers_to_another_once():
    assert [one.path for one in found(resource("FlagSegment", {"segmentRefs": ["a", "b", "a"]}))] == [
        "spec.segmentRefs[2]"
    ]


def test_a_segment_refers_to_segments_and_cohorts():
    spec = {"segmentRefs": ["us"], "match": [{"op": "not in cohort", "values": ["staff"]}]}
    segment, _ = validate(resource("FlagSegment", spec))
    assert isinstance(segment, FlagSegment)
    assert list(KINDS["FlagSegment"].references(segment.spec)) == [
        Reference("FlagSegment", "us", ("spec", "segmentRefs", 0)),
        Reference("FlagCohort", "staff", ("spec", "match", 0, "values", 0)),
    ]
