"""Failure: what becomes of an exception that a call ends with."""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections.abc import Awaitable, Callable

from flagd.rpc.status import RpcError
from flagd.transport.asgi.body import Disconnected

log = logging.getLogger(__name__)

Fail = Callable[[RpcError], Awaitable[None]]
"""Answers a call with the status and the message of an error, in the words of its protocol."""


async def settle(error: Exception, fail: Fail, path: str) -> None:
    """Answer a call that raised ``error``: RpcErrors as they are, anything else as INTERNAL without its text.

    ASGI servers raise OSError from ``send`` when the caller has gone: then there is nobody to answer, and nothing to
    log.
    """
    if isinstance(error, Disconnected):
        return
    if isinstance(error, RpcError):
        with contextlib.suppress(OSError):
            await fail(error)
        return
    try:
        await fail(RpcError("internal error"))
    except OSError:
        return
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    log.error("%s failed: %s\n%s", path, type(error).__name__, places)
