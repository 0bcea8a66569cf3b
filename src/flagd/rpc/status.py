"""Status: the outcome of a call, and the errors that services raise for each.

    RpcError
     ├─ InvalidArgument    the request breaks a rule that the message names
     ├─ NotFound           the project or flag asked for does not exist
     ├─ Unauthenticated    no key, or one that is not known
     ├─ PermissionDenied   a good key, for something else
     ├─ ResourceExhausted  too large or too many
     ├─ Overloaded         the server has no room for one more; RESOURCE_EXHAUSTED too, 503 in plain HTTP
     ├─ DeadlineExceeded   the caller's time is up
     ├─ Unimplemented      no such method
     └─ Unavailable        no ruleset yet, or the server is draining; try again

Any other exception is a bug: transports log it and answer Internal without its text.
Numbers: https://grpc.github.io/grpc/core/md_doc_statuscodes.html
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class Status(IntEnum):
    """gRPC status codes."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class RpcError(Exception):
    """A call that failed in a way the caller may know; the message is sent as it is."""

    status: ClassVar[Status] = Status.INTERNAL

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidArgument(RpcError):
    """The request breaks a rule that the message names."""

    status = Status.INVALID_ARGUMENT


class NotFound(RpcError):
    """The project or flag asked for does not exist."""

    status = Status.NOT_FOUND


class Unauthenticated(RpcError):
    """No key, or one that is not known."""

    status = Status.UNAUTHENTICATED


class PermissionDenied(RpcError):
    """A good key, for something else."""

    status = Status.PERMISSION_DENIED


class ResourceExhausted(RpcError):
    """Too large or too many."""

    status = Status.RESOURCE_EXHAUSTED


class Overloaded(RpcError):
    """The server has no room for one more; worth another try, later."""

    status = Status.RESOURCE_EXHAUSTED


class DeadlineExceeded(RpcError):
    """The caller's time is up."""

    status = Status.DEADLINE_EXCEEDED


class Unimplemented(RpcError):
    """No such method."""

    status = Status.UNIMPLEMENTED


class Unavailable(RpcError):
    """No ruleset yet, or the server is draining; worth another try."""

    status = Status.UNAVAILABLE
