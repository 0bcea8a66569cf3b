"""Exposed: users who asked for flags while a rollout compares them, of whom the server is told now and then.

The server's heartbeats set the pace: no thread, and no clock of our own that many clients could share.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from flagd.process.printable import printable
from flagd.rpc.call_failed import CallFailed
from flagd.sampling import OwnSamples
from flagd.sync.limits import REPORT_SAMPLES
from flagd.v1.ruleset_pb2 import ReportSamplesResponse

if TYPE_CHECKING:
    from flagd.client.calls.connection import Connection
    from flagd.client.calls.endpoint import Endpoint
    from flagd.engine.variant import Variant
    from flagd.ruleset import EvaluationFlag, Ruleset
    from flagd.v1.ruleset_pb2 import ReportSamplesRequest

log = logging.getLogger(__name__)
PAUSE_SECONDS = 10.0
"""Least time between two reports."""
REPORT_SECONDS = 1.0
"""How long one may take: updates wait meanwhile."""
ANSWER_BYTES = 64 * 1024
HEADERS = {"content-type": "application/proto", "connect-protocol-version": "1"}


class Exposed:
    """Written by any thread that asks flags; the follower's tells."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        """Tell the server at `endpoint`; None = there is none, and nobody is counted."""
        self._endpoint = endpoint
        self._samples = OwnSamples()
        self._connection: Connection | None = None
        self._next = float("-inf")

    def take(self, source: EvaluationFlag, variant: Variant, context: object) -> bool:
        """Take in that the user of `context` got `variant` of the flag `source`; return whether others are counted."""
        return self._endpoint is not None and self._samples.take(source, variant, context)

    def keep(self, ruleset: Ruleset) -> None:
        """Forget who was seen of flags that are not as they are in `ruleset`."""
        self._samples.keep(ruleset.flags)

    def report(self, project: str) -> None:
        """Tell the server what it was not told, unless that was tried a moment ago. Raises nothing."""
        if self._endpoint is None or time.monotonic() < self._next:
            return
        request = self._samples.news(project)
        if request is None:
            return
        self._next = time.monotonic() + PAUSE_SECONDS
        try:
            self._samples.confirm(self._runs(self._endpoint, request))
        except (CallFailed, OSError, DecodeError) as error:
            log.debug("%s: users are reported later: %s", self._endpoint.address, printable(str(error), 500))

    def lost(self) -> None:
        """Take in that the server is gone: the next one is told everything."""
        self._samples.forget_told()

    def heal(self) -> None:
        """Take in a fork: what the parent has told need not be told again."""
        self._samples.heal()
        if self._connection is not None:
            self._connection.abandon()
            self._connection = None

    def _runs(self, endpoint: Endpoint, request: ReportSamplesRequest) -> list[str]:
        """Return the run that counts each sample of `request`. Raises CallFailed, OSError and DecodeError."""
        from http.client import HTTPException

        from flagd.client.calls.connection import Connection

        connection = self._connection = Connection(endpoint)
        deadline = time.monotonic() + REPORT_SECONDS
        try:
            connection.open(deadline)
            connection.extend(deadline)
            answer = connection.post(REPORT_SAMPLES, request.SerializeToString(), HEADERS).read(ANSWER_BYTES)
            return list(ReportSamplesResponse.FromString(answer).runs)
        except HTTPException as error:
            raise CallFailed(f"what it says is not HTTP ({type(error).__name__})") from None
        finally:
            connection.close()
            self._connection = None
