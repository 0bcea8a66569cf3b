from flagd.manifest import KINDS
from flagd.manifest.kind import USERS, Kind
from flagd.manifest.kinds import FlagSegment
from flagd.manifest.kinds.segment import FlagSegmentSpec


def test_what_is_left_out_suits_a_kind_that_others_refer_to():
    kind = Kind(FlagSegment, "x")
    assert (kind.name, kind.plural, kind.names) == ("FlagSegment", "flagsegments", "FlagSegment")
    assert (list(kind.check(None)), list(kind.references(None)), kind.refers) == ([], [], False)
    assert (kind.status, kind.inlined, kind.spec) == (USERS, True, FlagSegmentSpec)


def test_no_two_kinds_share_a_short_name():
    assert len({kind.short_name for kind in KINDS.values()}) == len(KINDS)


def test_kinds_that_name_others_say_so():
    assert {name for name, kind in KINDS.items() if kind.refers} >= {"Flag", "FlagGroup", "FlagSegment"}
    assert not KINDS["FlagCohort"].refers
