from flagd.manifest import ResourceRef
from flagd.manifest.kinds import FlagSegment
from tests.unit.flagd.manifest.findings import condition


def test_a_resource_is_named_by_kind_namespace_and_name():
    segment = FlagSegment.model_validate(condition() | {"status": {"anything": 1}})
    assert segment.ref == ResourceRef("FlagSegment", "default", "new-checkout")
    assert segment.key == "new-checkout"


def test_a_status_is_never_written_out():
    segment = FlagSegment.model_validate(condition() | {"status": {"anything": 1}})
    assert "status" not in segment.model_dump()
