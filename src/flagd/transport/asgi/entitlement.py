"""Entitlement: who is refused by the headers of a request, before anything of its body is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flagd.rpc.status import RpcError
from flagd.transport.asgi.body import pass_over_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.transport.asgi.body import Receive

C = TypeVar("C")


async def admit(admission: Callable[[C], None], caller: C, receive: Receive) -> None:
    """Ask `admission`; raise what it raises once a small body has been passed over.

    An answer that comes before the end of the request may reach HTTP/2 clients as a reset.
    """
    try:
        admission(caller)
    except RpcError:
        await pass_over_body(receive)
        raise
