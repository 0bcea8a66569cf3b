import pytest

from flagd.rpc.limits import ITEMS
from flagd.rpc.status import InvalidArgument
from flagd.transport.message import AT_ONCE_BYTES, read_message
from flagd.v1.evaluation_pb2 import EvaluateRequest, User


def request(**fields):
    message = EvaluateRequest(project="shop", user=User(user_id="ann"), flag_keys=["a", "b"])
    message.MergeFrom(EvaluateRequest(**fields))
    return message


@pytest.mark.parametrize("size", [1, AT_ONCE_BYTES * 3])
async def test_a_message_is_read_as_protobuf_reads_it_whatever_its_size(size):
    message = request(user=User(device_id="x" * size))
    assert await read_message(message.SerializeToString(), EvaluateRequest) == message


@pytest.mark.parametrize("size", [10, AT_ONCE_BYTES * 2])
async def test_bytes_that_are_no_message_are_refused_by_its_name(size):
    with pytest.raises(InvalidArgument, match=r"not a valid flagd\.v1\.EvaluateRequest"):
        await read_message(b"\xff" * size, EvaluateRequest)


async def test_a_large_message_that_is_cut_is_refused():
    data = request(user=User(device_id="x" * AT_ONCE_BYTES * 2)).SerializeToString()
    with pytest.raises(InvalidArgument):
        await read_message(data[:-1], EvaluateRequest)


async def test_a_list_is_counted_before_it_is_parsed():
    most = ITEMS["flag_keys"]
    data = EvaluateRequest(flag_keys=["x" * 10] * (most + 1)).SerializeToString()
    assert len(data) > AT_ONCE_BYTES
    with pytest.raises(InvalidArgument, match="flag_keys"):
        await read_message(data, EvaluateRequest)


async def test_values_that_are_nested_are_counted_too():
    user = User()
    user.user_properties.update({"deep": [[1] * 100] * 400})
    with pytest.raises(InvalidArgument, match="nested ones included"):
        await read_message(EvaluateRequest(user=user).SerializeToString(), EvaluateRequest)
