"""Caller: the calls that are measured, made once to see that they are answered right, then by the thousand."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

from benchmarks import cores, load, manifests
from benchmarks.environment import ROOT
from benchmarks.load import USUAL, Load, LoadError, Sample, UnansweredError
from flagd.v1.evaluation_pb2 import EvaluateRequest, EvaluateResponse, Reason, User

if TYPE_CHECKING:
    from benchmarks.server import Server

EVALUATE = "/flagd.v1.EvaluationService/Evaluate"
SHORTEST_SHARE = 0.95
TIMEOUT_SECONDS = 10
MOST_SECONDS = 10.0
"""Where nothing was answered for so long, nothing will be."""


def request(flag_keys: list[str]) -> bytes:
    """Evaluate these flags, or all when there are none, for a user in one of the three countries."""
    user = User(user_id="user-17", country="US")
    return EvaluateRequest(project=manifests.NAMESPACE, user=user, flag_keys=flag_keys).SerializeToString()


@dataclass(frozen=True, slots=True)
class Run:
    """One round.

    Attributes:
        per_second: calls answered.
        cpu_ms: processor time of the server for a call, in milliseconds.
    """

    per_second: float
    cpu_ms: float


class Caller:
    """Calls one server with one request, by default Evaluate.

    Attributes:
        path: of the method.
        shape: how many calls wait at a time when it is to be saturated.
    """

    path = EVALUATE
    shape = USUAL

    def __init__(self, server: Server, message: bytes, *, answers: int) -> None:
        """Make the call once.

        Raises:
            LoadError: the answer is not what it should be: this many variants, all by bucket.
        """
        self._server = server
        self._message = message
        self._least_bytes = self._check(answers) * SHORTEST_SHARE

    def saturate(self, seconds: float) -> Run:
        """Call as fast as the server answers; for longer where nothing is answered, as others have its core."""
        before = self._server.cpu_seconds()
        try:
            seen = load.calls(self._server.port, self.path, self._message, seconds, shape=self.shape)
        except UnansweredError:
            if seconds >= MOST_SECONDS:
                raise
            return self.saturate(seconds * 4)
        except LoadError as error:
            raise LoadError(f"{self._server.name}: {error}") from None
        cpu = self._server.cpu_seconds() - before
        self._check_bytes(seen)
        return Run(seen.per_second, cpu / seen.calls * 1e3)

    def pace(self, rate: float, seconds: float) -> list[Sample]:
        """Call `rate` times a second, at random moments."""
        command = ["benchmarks.paced", str(self._server.port), self.path, str(rate), str(seconds)]
        done = subprocess.run(
            cores.pinned(cores.OTHERS, [sys.executable, "-m", *command]),
            cwd=ROOT,
            input=self._message,
            stdout=subprocess.PIPE,
            check=True,
        )
        return [Sample(due, milliseconds) for due, milliseconds in json.loads(done.stdout)]

    def revision(self) -> str:
        """Of what the server answers from."""
        return EvaluateResponse.FromString(self._ask()).revision

    def _check(self, answers: int) -> int:
        answer = self._ask()
        self.judge(answer, answers)
        return len(load.frame(answer))

    def _ask(self) -> bytes:
        with grpc.insecure_channel(f"127.0.0.1:{self._server.port}") as channel:
            answer: bytes = channel.unary_unary(self.path)(self._message, timeout=TIMEOUT_SECONDS)
        return answer

    def judge(self, answer: bytes, answers: int) -> None:
        """Raise LoadError unless an answer is what it should be."""
        variants = EvaluateResponse.FromString(answer).variants
        strange = [key for key, variant in variants.items() if variant.reason != Reason.REASON_SPLIT]
        if len(variants) != answers or strange:
            raise LoadError(f"{len(variants)} variants, of which not by bucket: {strange[:3]}")

    def _check_bytes(self, seen: Load) -> None:
        if seen.body_bytes < seen.calls * self._least_bytes:
            raise LoadError(f"answers of {seen.body_bytes / seen.calls:.0f} bytes: some calls failed")
