"""Status: the outcome of a call, and the errors that services raise for each.

    RpcError
     ├─ InvalidArgument    the request breaks a rule that the message names
     ├─ NotFound           the project or flag asked for does not exist
     ├─ Unauthenticated    no key, or one that is not known
     ├─ PermissionDenied   a good key, for something else
     ├─ ResourceExhausted  too many at once
     │   └─ TooLarge       a request or an answer beyond the limit that the message names
     ├─ Overloaded         the server has no room for one more; RESOURCE_EXHAUSTED too, 503 in plain HTTP
     ├─ DeadlineExceeded   the caller's time is up
     ├─ Unimplemented      no such method
     │   ├─ NoSuchPath     nothing is at the path
     │   ├─ NoSuchVerb     the path takes other HTTP methods
     │   └─ Unreadable     a content type or an encoding that is not read here
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


HTTP_STATUS = {
    Status.CANCELLED: 499,
    Status.UNKNOWN: 500,
    Status.INVALID_ARGUMENT: 400,
    Status.DEADLINE_EXCEEDED: 504,
    Status.NOT_FOUND: 404,
    Status.ALREADY_EXISTS: 409,
    Status.PERMISSION_DENIED: 403,
    Status.RESOURCE_EXHAUSTED: 429,
    Status.FAILED_PRECONDITION: 400,
    Status.ABORTED: 409,
    Status.OUT_OF_RANGE: 400,
    Status.UNIMPLEMENTED: 501,
    Status.INTERNAL: 500,
    Status.UNAVAILABLE: 503,
    Status.DATA_LOSS: 500,
    Status.UNAUTHENTICATED: 401,
}
"""HTTP status of a failed unary call; source: https://connectrpc.com/docs/protocol#error-codes"""


class RpcError(Exception):
    """A call that failed in a way the caller may know; the message is sent as it is."""

    status: ClassVar[Status] = Status.INTERNAL
    http: ClassVar[int | None] = None
    """HTTP status where that of the code would not do."""

    @property
    def http_status(self) -> int:
        """HTTP status of a failed unary call."""
        return self.http or HTTP_STATUS[self.status]

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
    """Too many at once; worth another try, later."""

    status = Status.RESOURCE_EXHAUSTED


class TooLarge(ResourceExhausted):
    """A request or an answer beyond the limit that the message names; trying again does not help."""

    http = 413


class Overloaded(RpcError):
    """The server has no room for one more; worth another try, later."""

    status = Status.RESOURCE_EXHAUSTED
    http = 503


class DeadlineExceeded(RpcError):
    """The caller's time is up."""

    status = Status.DEADLINE_EXCEEDED


class Unimplemented(RpcError):
    """No such method."""

    status = Status.UNIMPLEMENTED


class Unreadable(Unimplemented):
    """A content type or an encoding that is not read here; the message names those that are."""

    http = 415


class NoSuchPath(Unimplemented):
    """Neither a method nor anything else is at this path."""

    http = 404


class NoSuchVerb(Unimplemented):
    """The path is there, but not for this HTTP method; the message names those that it takes."""

    http = 405


class Unavailable(RpcError):
    """No ruleset yet, or the server is draining; worth another try."""

    status = Status.UNAVAILABLE
