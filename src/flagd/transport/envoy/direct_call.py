"""DirectCall: a plain call of a method that never waits, answered in a callback of the event loop, without a task.

pyvoy makes a task of what an application returns, which costs a fifth of what it takes to carry a call. But all that
such a call waits for is its message, and what is sent needs no waiting for either: `send` has done its work when it
returns. So the application returns an object that a task factory takes for the task.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from flagd.rpc.status import Overloaded
from flagd.transport.asgi.admission import held, refuse
from flagd.transport.asgi.grpc_call import OK_TRAILERS
from flagd.transport.asgi.plain_call import START, Again

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from flagd.rpc.capacity import Capacity, Hold
    from flagd.transport.asgi import Front
    from flagd.transport.asgi.body import Event, Receive, Scope, Send
    from flagd.transport.asgi.plain_call import Outcome, PlainMethod

    Fields = dict[bytes, bytes]
    Told = Callable[[Any], object]


class Direct:
    """An ASGI application around a front, which lets in whom there is room for; plain calls go the short way.

    Nothing holds the scope of a call that runs: it is most of what an idle stream would hold. Its event loop must have
    `make_task` as task factory.
    """

    def __init__(self, front: Front, capacity: Capacity) -> None:
        self._front = front
        self._capacity = capacity

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None] | DirectCall:
        """Answer one HTTP request (ASGI). Returns the coroutine that does, or what stands for its task."""
        try:
            hold = self._capacity.open(scope.get("client"))
        except Overloaded as error:
            return refuse(error, scope, receive, send)
        fields: Fields = dict(scope["headers"])
        method = self._front.plain(scope, fields)
        if method is None or not method.at_once:
            return held(hold, self._front(scope, receive, send))
        return DirectCall(method, fields, hold, receive, send)


class DirectCall:
    """One call that waits for its message. Stands for the task that would."""

    __slots__ = ("_fields", "_hold", "_method", "_receive", "_send", "_told")

    def __init__(self, method: PlainMethod, fields: Fields, hold: Hold, receive: Receive, send: Send) -> None:
        self._method = method
        self._fields = fields
        self._hold = hold
        self._receive = receive
        self._send = send
        self._told: Told | None = None

    def add_done_callback(self, told: Told) -> None:
        """Have `told` called with the task that ends this call, if it comes to one; then ask for the message."""
        self._told = told
        message = self._receive()
        if isinstance(message, asyncio.Future):
            message.add_done_callback(self._arrived)
        else:  # the request ended with its headers: there is no message
            self._go_on(None, self._receive)

    def _arrived(self, message: asyncio.Future[Event]) -> None:
        if message.cancelled() or message.exception() is not None:  # the caller has gone
            self._hold.close()
            return
        event = message.result()
        outcome = self._method.attempt(self._fields, event)
        if outcome.__class__ is not bytes:
            self._go_on(outcome, Again(event, self._receive))
            return
        send = self._send
        try:
            send(START)
            send({"type": "http.response.body", "body": outcome, "more_body": False})
            send(OK_TRAILERS)
        finally:
            self._hold.close()

    def _go_on(self, outcome: Outcome, receive: Receive) -> None:
        """Have a task answer what cannot be answered at once."""
        answer = held(self._hold, self._method.finish(outcome, self._fields, receive, self._send))
        task = asyncio.get_running_loop().create_task(answer)
        if self._told is not None:
            task.add_done_callback(self._told)


def make_task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any] | DirectCall,
    **options: Any,  # noqa: ANN401
) -> asyncio.Task[Any] | DirectCall:
    """Return the task for `work`; a direct call is its own. To be set as the task factory of an event loop."""
    if isinstance(work, DirectCall):
        return work
    return asyncio.Task(work, loop=loop, **options)
