"""Follower: a thread that keeps a stream of rulesets open, opens it again when it breaks, and ends when asked."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from google.protobuf.message import DecodeError

from flagd.client.reason import reason as why
from flagd.process.printable import printable
from flagd.rpc.call_failed import CallFailed
from flagd.ruleset import RulesetError
from flagd.sync.limits import FOLLOW, RECONNECT, UPDATE_BYTES
from flagd.v1.ruleset_pb2 import FollowRequest, FollowResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.client.calls.connection import Connection
    from flagd.client.calls.endpoint import Endpoint

log = logging.getLogger(__name__)
SILENCE_SECONDS = 40.0
"""Silence after which a stream is given up; servers speak every 15 s."""
LEAST_RATE = 16 * 1024
"""Slowest link that is waited for, in bytes a second: a large message takes its time."""
STOP_SECONDS = 5.0
"""How long anyone who closes the client waits for the thread."""
FRAME_BYTES = UPDATE_BYTES + 1024
HEADERS = {"content-type": "application/connect+proto", "connect-protocol-version": "1"}


class Listener(Protocol):
    """What is done with what the server says. All is called in the follower's thread."""

    def begin(self) -> None:
        """Make ready, before the first stream."""

    def request(self) -> FollowRequest:
        """Return what is wanted, and what is held."""

    def take(self, response: FollowResponse) -> None:
        """Take in a message. Raises RulesetError for one that is not what it says."""

    def lost(self, reason: str) -> None:
        """Take in that there is no stream."""


class Follower:
    """One thread, of one process."""

    def __init__(self, endpoint: Endpoint | None, listener: Listener) -> None:
        """Follow the server at `endpoint`; None = there is none, and the listener is only made ready."""
        self._endpoint = endpoint
        self._listener = listener
        self._stopping = threading.Event()
        self._connection: Connection | None = None
        self._reason = ""
        self._thread = threading.Thread(target=self._run, name="flagd-client", daemon=True)

    def start(self) -> None:
        """Begin. Raises RuntimeError when the interpreter ends, or has no thread to give."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for that, unless it is the thread itself that asks."""
        self._stopping.set()
        if self._connection is not None:
            self._connection.interrupt()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(STOP_SECONDS)

    def abandon(self) -> None:
        """Release what belongs to the process that this one is a fork of."""
        if self._connection is not None:
            self._connection.abandon()

    def _run(self) -> None:
        try:
            self._listener.begin()
        except Exception:
            log.exception("the client could not read what it starts with")
        failures = 0
        while self._endpoint is not None and not self._stopping.is_set():
            heard = self._attempt(self._endpoint)
            failures = 1 if heard else failures + 1
            self._stopping.wait(RECONNECT.spread(failures))

    def _attempt(self, endpoint: Endpoint) -> bool:
        """Keep one stream as long as it lives; return whether anything came of it. Raises nothing."""
        from http.client import HTTPException

        heard = False
        reason = "the server has ended the stream"
        try:
            for response in self._responses(endpoint):
                self._listener.take(response)
                heard = True
        except (CallFailed, OSError, RulesetError, DecodeError) as error:
            reason = why(error)
        except HTTPException as error:
            reason = f"what it says is not HTTP ({type(error).__name__})"
        except Exception as error:
            log.exception("the stream failed")
            reason = f"the client failed ({type(error).__name__})"
        finally:
            if self._connection is not None:
                with suppress(OSError):
                    self._connection.close()
        if not self._stopping.is_set():
            self._tell(printable(reason, 500), endpoint, heard)
        return heard

    def _tell(self, reason: str, endpoint: Endpoint, heard: bool) -> None:
        """Log why there is no stream, once for each reason in a row, and tell the listener."""
        level = logging.DEBUG if reason == self._reason and not heard else logging.WARNING
        log.log(level, "%s: %s; what is held stays", endpoint.address, reason)
        self._reason = reason
        try:
            self._listener.lost(reason)
        except Exception:
            log.exception("the client could not take in that the stream is lost")

    def _responses(self, endpoint: Endpoint) -> Iterator[FollowResponse]:
        from flagd.client.calls.connection import Connection
        from flagd.client.calls.frames import frame, read_frames

        connection = self._connection = Connection(endpoint)
        connection.open(time.monotonic() + SILENCE_SECONDS)
        if self._stopping.is_set():
            return
        response = connection.post(FOLLOW, frame(self._listener.request().SerializeToString()), HEADERS)

        def expect(size: int) -> None:
            connection.extend(time.monotonic() + SILENCE_SECONDS + size / LEAST_RATE)

        for message in read_frames(response, FRAME_BYTES, expect):
            yield FollowResponse.FromString(message)
            if self._stopping.is_set():
                return
