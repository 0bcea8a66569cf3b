"""ExecPlugin: a command that says who we are: run once, its answer kept until it expires.

It runs in a thread of its own, so that neither a slow one nor one that hangs holds up an event loop, and once
for all who wait. While there is no valid answer nothing is sent: without a credential the API server would take
us for anybody, which is another user.
https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flagoperator.kubeconfig.credential import Certificate, Credential, bearer
from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagoperator.kubeconfig.section import Section

log = logging.getLogger(__name__)
RUN_SECONDS = 60.0
"""How long a plugin may take."""
RETRY_SECONDS = 5.0
"""How long it is left alone after it failed."""
EARLY_SECONDS = 30.0
"""How long before its answer expires a plugin is run again, at most: what it said last is used meanwhile."""
VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plugin said.

    Attributes:
        credential: who we are.
        given: when it was said, in seconds since 1970.
        due: when it is to be asked again, in seconds since 1970; infinity = when the credential is refused.
        expires: when the credential holds no longer; likewise.
    """

    credential: Credential
    given: float
    due: float = float("inf")
    expires: float = float("inf")


class ExecPlugin:
    """The plugin of one user. May be asked in any thread."""

    def __init__(self, user: Section, cluster: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        """`cluster` describes the cluster to the plugin. Raises ConnectionSettingsError."""
        self._command = Command(user, cluster)
        self._clock = clock
        self._lock = threading.Lock()
        self._answer: Answer | None = None
        self._running: Future[Answer] | None = None
        self._failed: tuple[float, CredentialError] | None = None

    async def credential(self) -> Credential:
        """Return the one that holds now; wait for the plugin where there is none. Raises CredentialError."""
        with self._lock:
            now = self._clock()
            answer = self._answer if self._answer is not None and now < self._answer.expires else None
            if self._running is None and not self._rests(now) and (answer is None or answer.due <= now):
                self._start()
            running, failed = self._running, self._failed
        if answer is not None:
            return answer.credential
        if running is not None:
            # Shielded: others wait for the same run, and anyone who asks next needs its answer too.
            return (await asyncio.shield(asyncio.wrap_future(running))).credential
        raise CredentialError("there is no credential") if failed is None else failed[1]

    def refused(self) -> None:
        """Forget what the plugin said: it is run for the next credential, unless it has only just said that."""
        with self._lock:
            now, answer = self._clock(), self._answer
            self._answer = None
            if answer is not None and now < answer.given + RETRY_SECONDS:
                self._failed = now, CredentialError(f"{self._command.title}: the API server refuses what it gives")

    def _rests(self, now: float) -> bool:
        return self._failed is not None and now < self._failed[0] + RETRY_SECONDS

    def _start(self) -> None:
        self._running = running = Future[Answer]()
        running.set_running_or_notify_cancel()
        try:
            threading.Thread(target=self._run, args=(running,), name="exec plugin", daemon=True).start()
        except RuntimeError as error:  # it does not run, so nobody may wait for it
            self._running, self._failed = None, (self._clock(), CredentialError(f"exec plugin: {error}"))

    def _run(self, running: Future[Answer]) -> None:
        try:
            answer = self._command.run(self._clock)
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait get it
            failure = error if isinstance(error, CredentialError) else CredentialError(f"exec plugin: {error!r}")
            with self._lock:
                fresh = self._failed is None
                self._running, self._failed = None, (self._clock(), failure)
            if fresh:
                log.warning("%s", failure)
            running.set_exception(failure)
            return
        with self._lock:
            self._running, self._failed, self._answer = None, None, answer
        running.set_result(answer)


class Command:
    """What is run, and what its output means."""

    def __init__(self, user: Section, cluster: Mapping[str, Any]) -> None:
        """Raises ConnectionSettingsError."""
        self.title = f"{user.title}: exec"
        config = user.fields["exec"]
        if not isinstance(config, dict) or not isinstance(config.get("command"), str) or not config["command"]:
            raise ConnectionSettingsError(f"{self.title}: names no command")
        self._version = str(config.get("apiVersion") or "")
        if self._version not in VERSIONS:
            raise ConnectionSettingsError(
                f"{self.title}: apiVersion {self._version!r} is not supported; {' or '.join(VERSIONS)} is"
            )
        command = config["command"]
        # A path is relative to the file; a bare name is looked for in PATH.
        self._command = str(user.folder / command) if os.sep in command else command
        self._arguments = [str(each) for each in config.get("args") or []]
        self._variables = {str(each["name"]): str(each["value"]) for each in config.get("env") or []}
        self._hint = str(config.get("installHint") or "")
        self._mode = str(config.get("interactiveMode") or "IfAvailable")
        self._cluster = dict(cluster) if config.get("provideClusterInfo") else None

    def run(self, clock: Callable[[], float]) -> Answer:
        """Run it. Raises CredentialError."""
        interactive = self._mode != "Never" and sys.stdin is not None and sys.stdin.isatty()
        if self._mode == "Always" and not interactive:
            raise CredentialError(f"{self.title}: {self._command} needs a terminal (interactiveMode: Always)")
        try:
            done = subprocess.run(  # noqa: S603  # the user's own kubeconfig names it
                [self._command, *self._arguments],
                stdin=None if interactive else subprocess.DEVNULL,
                capture_output=True,
                env={**os.environ, **self._variables, "KUBERNETES_EXEC_INFO": self._information(interactive)},
                timeout=RUN_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise CredentialError(f"{self.title}: {self._command} is not installed{self._advice()}") from None
        except subprocess.TimeoutExpired:
            raise CredentialError(f"{self.title}: {self._command} did not end within {RUN_SECONDS:g} s") from None
        except OSError as error:
            raise CredentialError(f"{self.title}: {self._command}: {error.strerror}") from None
        if done.returncode:
            said = " ".join(done.stderr.decode(errors="replace").split())[-LONGEST_ERROR:]
            raise CredentialError(f"{self.title}: {self._command} ended with {done.returncode}: {said}{self._advice()}")
        return self._answer(done.stdout, clock())

    def _advice(self) -> str:
        return f"; {' '.join(self._hint.split())}" if self._hint else ""

    def _information(self, interactive: bool) -> str:
        spec: dict[str, Any] = {"interactive": interactive}
        if self._cluster is not None:
            spec["cluster"] = self._cluster
        return json.dumps({"apiVersion": self._version, "kind": "ExecCredential", "spec": spec})

    def _answer(self, output: bytes, now: float) -> Answer:
        try:
            status = json.loads(output)["status"]
            token, chain = status.get("token") or "", status.get("clientCertificateData") or ""
            key, until = status.get("clientKeyData") or "", status.get("expirationTimestamp") or ""
            if not all(isinstance(each, str) for each in (token, chain, key)):
                raise TypeError
            expires = datetime.fromisoformat(until).timestamp() if until else float("inf")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CredentialError(f"{self.title}: the output of {self._command} is not an ExecCredential") from None
        if not token and not (chain and key):
            raise CredentialError(f"{self.title}: {self._command} gave neither a token nor a certificate with its key")
        certificate = Certificate(chain.encode(), key.encode()) if chain and key else None
        credential = Credential((bearer(token),) if token else (), certificate)
        return Answer(credential, now, expires - min(EARLY_SECONDS, max(0.0, expires - now) / 4), expires)
