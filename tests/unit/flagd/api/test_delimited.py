import pytest

from flagd.api.delimited import delimited
from flagd.v1.evaluation_pb2 import EvaluateResponse


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16_383, 16_384, 3_000_000])
def test_it_is_what_protobuf_writes(size):
    revision = "x" * size
    field = EvaluateResponse.DESCRIPTOR.fields_by_name["revision"].number
    assert EvaluateResponse.FromString(delimited(field, revision.encode())).revision == revision
    if size:
        assert delimited(field, revision.encode()) == EvaluateResponse(revision=revision).SerializeToString()
