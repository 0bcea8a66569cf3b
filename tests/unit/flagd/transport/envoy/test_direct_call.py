"""Direct calls in process: what needs no task gets none, whatever else goes on in one, and nothing stays held."""

import asyncio

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from flagd.rpc.capacity import CALL_BYTES, Capacity, current
from flagd.rpc.method import Method
from flagd.rpc.status import NotFound, PermissionDenied, Status
from flagd.transport.asgi import Front
from flagd.transport.envoy.direct_call import Direct, DirectCall, make_task

SERVICE = "/toy.Toy"
PLAIN = {b"content-type": b"application/grpc"}


def _frame(text, flags=0):
    message = StringValue(value=text).SerializeToString()
    return bytes((flags,)) + len(message).to_bytes(4, "big") + message


class _Pyvoy:
    """Calls an application as pyvoy does: its futures are set later, its `send` has sent when it returns."""

    def __init__(self, capacity=None):
        self.capacity = capacity or Capacity()
        self.seen = []
        self.app = Direct(Front(self._methods(), limit=1 << 20), self.capacity)

    def _methods(self):
        def admit(call):
            if call.metadata.get("authorization") == "wrong":
                raise PermissionDenied("not you")

        async def echo(request, call):
            admit(call)
            self.seen.append(current.get())
            return StringValue(value=request.value * 2)

        async def missing(_request, _call):
            raise NotFound("no such thing")

        async def bug(_request, _call):
            raise ZeroDivisionError("secret")

        async def waits(request, _call):
            await asyncio.sleep(0)
            return StringValue(value=f"{request.value} in {type(current.get()).__name__}")

        handlers = {"Echo": echo, "Missing": missing, "Bug": bug, "Waits": waits}
        return [
            *(
                Method(f"{SERVICE}/{name}", StringValue, StringValue, unary=handler, at_once=True, admit=admit)
                for name, handler in handlers.items()
            ),
            Method(f"{SERVICE}/Patient", StringValue, StringValue, unary=waits),
        ]

    async def call(self, name, *bodies, headers=PLAIN):
        loop = asyncio.get_running_loop()
        loop.set_task_factory(make_task)
        waiting, sent, ended = list(bodies), [], asyncio.Event()

        def receive():
            future = loop.create_future()
            body = waiting.pop(0) if waiting else b""
            loop.call_soon(future.set_result, {"type": "http.request", "body": body, "more_body": bool(waiting)})
            return future

        def send(event):
            sent.append(event)
            if event["type"] == "http.response.trailers" or not (
                event.get("more_body", True) or sent[0].get("trailers")
            ):
                ended.set()
            done = loop.create_future()
            done.set_result(None)
            return done

        scope = {"type": "http", "method": "POST", "path": f"{SERVICE}/{name}", "query_string": b""}
        scope |= {"headers": list(headers.items()), "client": ("127.0.0.1", 4)}
        work = self.app(scope, receive, send)
        loop.create_task(work).add_done_callback(lambda task: task.result())
        async with asyncio.timeout(60):
            await ended.wait()
            while self.capacity.held:
                await asyncio.sleep(0)
        return work, sent


class _Ready:
    """What pyvoy gives to who waits for a body that it knows to be empty."""

    def __init__(self, value):
        self._value = value

    def __await__(self):
        return self._value
        yield


def _status(sent):
    fields = dict(sent[0]["headers"]) | dict(sent[-1].get("headers", ()))
    return Status(int(fields[b"grpc-status"]))


def _value(sent):
    return StringValue.FromString(b"".join(event.get("body", b"") for event in sent)[5:]).value


async def test_a_plain_call_is_answered_without_a_task():
    pyvoy = _Pyvoy()
    tasks = asyncio.all_tasks()
    work, sent = await pyvoy.call("Echo", _frame("ab"))
    assert isinstance(work, DirectCall)
    assert (_status(sent), _value(sent)) == (Status.OK, "abab")
    assert pyvoy.seen == [None]
    assert asyncio.all_tasks() == tasks


@pytest.mark.parametrize(
    ("name", "bodies", "headers", "status"),
    [
        ("Missing", [_frame("ab")], {}, Status.NOT_FOUND),
        ("Bug", [_frame("ab")], {}, Status.INTERNAL),
        ("Echo", [_frame("ab")], {b"authorization": b"wrong"}, Status.PERMISSION_DENIED),
        ("Echo", [_frame("ab")], {b"grpc-timeout": b"soon"}, Status.INVALID_ARGUMENT),
        ("Echo", [_frame("ab")], {b"grpc-timeout": b"0S"}, Status.DEADLINE_EXCEEDED),
        ("Echo", [_frame("ab", flags=7)], {}, Status.INVALID_ARGUMENT),
        ("Echo", [b"\0\0\0\0\2\x0a\x05"], {}, Status.INVALID_ARGUMENT),
        ("Echo", [b""], {}, Status.INVALID_ARGUMENT),
        ("Echo", [_frame("ab")[:3], _frame("ab")[3:]], {}, Status.OK),
        ("Echo", [_frame("a" * 20_000)], {}, Status.OK),
        ("Waits", [_frame("ab")], {}, Status.OK),
        ("Patient", [_frame("ab")], {}, Status.OK),
        ("Nothing", [_frame("ab")], {}, Status.UNIMPLEMENTED),
    ],
)
async def test_whatever_cannot_be_answered_at_once_goes_the_long_way(name, bodies, headers, status):
    _, sent = await _Pyvoy().call(name, *bodies, headers=PLAIN | headers)
    assert _status(sent) is status


async def test_a_call_that_waits_after_all_has_its_hold_in_its_task():
    _, sent = await _Pyvoy().call("Waits", _frame("ab"))
    assert _value(sent) == "ab in Hold"


async def test_a_request_without_a_body_is_answered():
    pyvoy = _Pyvoy()
    sent = []

    def receive():
        return _Ready({"type": "http.request", "body": b"", "more_body": False})

    async def send(event):
        sent.append(event)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(make_task)
    done = loop.create_future()
    scope = {"type": "http", "method": "POST", "path": f"{SERVICE}/Echo", "headers": list(PLAIN.items())}
    loop.create_task(pyvoy.app(scope, receive, send)).add_done_callback(done.set_result)
    async with asyncio.timeout(60):
        await done
    assert _status(sent) is Status.INVALID_ARGUMENT
    assert pyvoy.capacity.held == 0


async def test_a_call_for_which_there_is_no_room_is_refused_and_counted_once():
    pyvoy = _Pyvoy(Capacity(CALL_BYTES - 1))
    work, sent = await pyvoy.call("Echo", _frame("ab"))
    assert not isinstance(work, DirectCall)
    assert _status(sent) is Status.RESOURCE_EXHAUSTED
    assert pyvoy.capacity.refused == {"all": 1}


@pytest.mark.parametrize("end", ["cancelled", "failed", "gone"])
async def test_a_caller_who_goes_leaves_nothing_held(end):
    pyvoy, loop, reported = _Pyvoy(), asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))
    message = loop.create_future()

    def send(_event):
        raise ConnectionError("gone")

    scope = {"type": "http", "method": "POST", "path": f"{SERVICE}/Echo", "query_string": b"", "headers": PLAIN.items()}
    pyvoy.app(scope | {"client": ("127.0.0.1", 4)}, lambda: message, send).add_done_callback(print)
    assert pyvoy.capacity.held
    if end == "cancelled":
        message.cancel()
    elif end == "failed":
        message.set_exception(ConnectionError("gone"))
    else:
        message.set_result({"type": "http.request", "body": _frame("a"), "more_body": False})
    await asyncio.sleep(0)
    assert pyvoy.capacity.held == 0
    assert len(reported) == (end == "gone")
