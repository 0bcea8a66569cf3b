"""RemoteEvaluation: a server answers, each lookup in a call of its own, within a deadline."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from google.protobuf.message import DecodeError

from flagd.client import fork
from flagd.client.decisions import Table
from flagd.client.health import Health
from flagd.client.listeners import Listeners
from flagd.client.lookup_failed import LookupFailed
from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason
from flagd.process.printable import printable
from flagd.rpc.call_failed import CallFailed
from flagd.rpc.struct import from_struct, from_value, whole_numbers
from flagd.rpc.user_message import UserMessageError, user_message
from flagd.v1 import evaluation_pb2 as pb
from flagd.value_type import typed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from flagd.client.user import User

log = logging.getLogger(__name__)
EVALUATE = "/flagd.v1.EvaluationService/Evaluate"
_REASONS = {
    number: Reason(name.removeprefix("REASON_"))
    for name, number in pb.Reason.items()
    if number != pb.Reason.REASON_UNSPECIFIED
}
_NOT_FOUND = pb.ErrorCode.ERROR_CODE_FLAG_NOT_FOUND
_PROBE_SECONDS = 0.05


class Caller(Protocol):
    """What carries calls."""

    def call(self, path: str, request: bytes, seconds: float) -> bytes:
        """Return the answer within `seconds`. Raises CallFailed."""

    def close(self) -> None:
        """Close what is open."""

    def heal(self) -> None:
        """Take in a fork."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """How the last call went, replaced whole.

    Attributes:
        at: when one was last answered, in seconds since 1970; None = never.
        as_of: when the server's source last vouched for what it answers from, if it has lost touch; else as `at`.
        revision: what was answered from.
        stale: whether the server has lost touch with its source.
        error: why the last one was not answered; empty where it was.
    """

    as_of: float | None = None
    revision: str = ""
    stale: bool = False
    error: str = ""


class RemoteEvaluation:
    """Asked by any thread."""

    def __init__(self, caller: Caller, project: str, seconds: float) -> None:
        """Ask for `project` by `caller`; each lookup takes `seconds` at most."""
        self.table = Table.of(None)
        self.busy = threading.RLock()
        self.changes: Listeners[frozenset[str]] = Listeners()
        self.healths: Listeners[Health] = Listeners()
        self._caller = caller
        self._project = project
        self._seconds = seconds
        self._last = _Answered()
        self._forked = False
        fork.register(self)

    def look(self, flag_key: str, user: User, *, exposes: bool = True) -> Variant[Any] | None:
        """Return what `user` gets of a flag; None = it decides nothing for this user. Raises LookupFailed."""
        del exposes  # the server counts whom it answers
        entry = self._evaluate(user, (flag_key,)).variants[flag_key]
        if entry.error_code == _NOT_FOUND:
            raise LookupFailed(ErrorCode.FLAG_NOT_FOUND, printable(entry.error_message) or "unknown flag")
        if entry.error_code:
            raise LookupFailed(ErrorCode.GENERAL, printable(entry.error_message))
        return _variant(entry) if entry.key else None

    def all(self, user: User) -> dict[str, Variant[Any]]:
        """Return the variants of all flags that decide something for `user`. Raises LookupFailed."""
        found = self._evaluate(user, ()).variants
        return {key: _variant(found[key]) for key in found if found[key].key and not found[key].error_code}

    def absence(self, _flag_key: str) -> tuple[ErrorCode | None, str]:
        """Return why a flag is not answered: whatever went wrong was raised by `look`."""
        return None, ""

    def variants(self, _flag_key: str) -> Collection[str]:
        """Return none: the server tells of answers, not of flags."""
        return ()

    @property
    def health(self) -> Health:
        """How the last call went."""
        last = self._last
        reached = last.as_of is not None and not last.error
        age = None if last.as_of is None else max(0.0, time.time() - last.as_of)
        stale = last.stale or bool(last.error) or last.as_of is None
        return Health(reached, reached, stale, last.revision, 0, "", age, self._forked, last.error)

    @property
    def source(self) -> tuple[str, str]:
        """Project that is asked for, and revision of the last answer."""
        return self._project, self._last.revision

    def wait_seeded(self) -> None:
        """Do nothing: nothing is on this machine."""

    def wait_ready(self, timeout: float) -> bool:
        """Call the server until it answers, for `timeout` seconds at most; return whether it did."""
        until = time.monotonic() + timeout
        request = pb.EvaluateRequest(project=self._project, flag_keys=[""])
        while True:
            try:
                self._ask(request)
            except LookupFailed:
                if time.monotonic() + _PROBE_SECONDS >= until:
                    return False
                time.sleep(_PROBE_SECONDS)
            else:
                return True

    def start(self) -> None:
        """Do nothing: the first lookup opens a connection."""

    def close(self) -> None:
        """Close the connections; later lookups open others."""
        self._caller.close()

    def heal(self) -> None:
        """Take in a fork: connections are the parent's."""
        self.busy = threading.RLock()
        self.changes.heal()
        self.healths.heal()
        self._caller.heal()
        self._forked = True

    def _evaluate(self, user: User, flag_keys: Sequence[str]) -> pb.EvaluateResponse:
        try:
            message = user_message(user.context)
            request = pb.EvaluateRequest(project=self._project, user=message, flag_keys=flag_keys)
        except (UserMessageError, TypeError) as error:
            raise LookupFailed(ErrorCode.INVALID_CONTEXT, str(error)) from None
        return self._ask(request)

    def _ask(self, request: pb.EvaluateRequest) -> pb.EvaluateResponse:
        before = self._last
        try:
            response = pb.EvaluateResponse.FromString(
                self._caller.call(EVALUATE, request.SerializeToString(), self._seconds)
            )
        except (CallFailed, DecodeError) as error:
            reason = printable(str(error), 500)
            self._last = _Answered(before.as_of, before.revision, before.stale, reason)
            self._tell(before)
            raise LookupFailed(_code(reason), reason) from None
        as_of = response.as_of.ToMicroseconds() / 1e6 if response.stale else time.time()
        self._last = _Answered(as_of, response.revision, response.stale)
        self._tell(before)
        return response

    def _tell(self, before: _Answered) -> None:
        last = self._last
        if (last.error, last.stale) != (before.error, before.stale) or before.as_of is None:
            if last.error and last.error != before.error:
                log.warning("%s; callers get their default", last.error)
            self.healths.tell(self.health)
        if before.revision not in ("", last.revision):
            self.changes.tell(frozenset())


def _code(reason: str) -> ErrorCode:
    if reason.startswith("INVALID_ARGUMENT"):
        return ErrorCode.INVALID_CONTEXT
    return (
        ErrorCode.GENERAL if reason.startswith(("NOT_FOUND", "UNAUTH", "PERMISSION")) else ErrorCode.PROVIDER_NOT_READY
    )


def _variant(entry: pb.Variant) -> Variant[Any]:
    metadata = whole_numbers(from_struct(entry.metadata))
    payload = typed(whole_numbers(from_value(entry.payload)), metadata) if entry.HasField("payload") else None
    value = entry.value if entry.HasField("value") else None
    reason = _REASONS.get(entry.reason, Reason.DEFAULT)
    return Variant(entry.key, value, payload, reason, entry.segment, metadata)
