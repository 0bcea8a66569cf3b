"""Echo: methods of every kind and every way to end, over StringValue."""

import asyncio

from google.protobuf.wrappers_pb2 import StringValue

from flagd.rpc.method import Method
from flagd.rpc.status import NotFound, Unavailable


async def echo(request, _):
    return StringValue(value=request.value)


async def serialised(request, _):
    return request.SerializeToString()


async def metadata(request, call):
    return StringValue(value=call.metadata.get(request.value, "none"))


async def remaining(_, call):
    return StringValue(value=str(call.time_remaining))


async def forever(_, __):
    await asyncio.Event().wait()


async def missing(_, __):
    raise NotFound("no é")


async def bug(request, _):
    raise ValueError(request.value)


async def count(request, _):
    for number in range(int(request.value)):
        yield StringValue(value=str(number))


async def count_then_fail(request, _):
    yield StringValue(value=request.value)
    raise Unavailable("draining")


async def silent(_, __):
    await asyncio.Event().wait()
    yield StringValue()


async def upper(requests, _):
    async for request in requests:
        yield StringValue(value=request.value.upper())


def method(name, **handler):
    return Method(f"/echo.Echo/{name}", StringValue, StringValue, **handler)


METHODS = [
    method("Echo", unary=echo, idempotent=True),
    method("Serialised", unary=serialised),
    method("Metadata", unary=metadata),
    method("Remaining", unary=remaining, idempotent=True),
    method("Forever", unary=forever),
    method("Missing", unary=missing, idempotent=True),
    method("Bug", unary=bug),
    method("Count", stream=count, idempotent=True),
    method("CountThenFail", stream=count_then_fail),
    method("Silent", stream=silent),
    method("Upper", bidi=upper),
]
