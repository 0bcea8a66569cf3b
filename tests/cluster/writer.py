"""Writer: carries out a script on the API server, and keeps what the API server answered."""

from __future__ import annotations

import http.client
import threading
import time
import urllib.error
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.cluster.history import Write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.cluster.history import Object
    from tests.cluster.script import Script, Step
    from tests.cluster.stage import Stage

PACE_SECONDS = 0.02
RETRY_SECONDS = 0.1
PATIENCE_SECONDS = 60
REFUSED = (400, 403, 422)
"""A step that the API server will never take."""


class Writer:
    """One writer. A step is tried until the API server acknowledges it, so that at most one is unknown."""

    def __init__(self, stage: Stage, script: Script, writes: list[Write]) -> None:
        self._stage = stage
        self._script = script
        self._writes = writes
        self._stopped = threading.Event()
        self._turn = threading.Lock()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to take the steps that come after the opening."""
        self._thread.start()

    def write(self, steps: Iterable[Step]) -> None:
        """Take `steps` now."""
        for step in steps:
            self._carry_out(step)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Begin no step meanwhile."""
        with self._turn:
            yield

    def end(self) -> None:
        """Begin no further step."""
        self._stopped.set()

    def stop(self) -> None:
        """Finish the step and stop. Raises what ended the writer, and AssertionError if the step cannot be finished."""
        self.end()
        self._thread.join(PATIENCE_SECONDS)
        if self._failure is not None:
            raise self._failure
        assert not self._thread.is_alive(), f"the API server has not taken a write for {PATIENCE_SECONDS} s"

    def _run(self) -> None:
        try:
            while not self._stopped.wait(PACE_SECONDS):
                with self._turn:
                    self._carry_out(self._script.next())
        except BaseException as error:  # noqa: BLE001 - shown by the thread that stops this one
            self._failure = error

    def _carry_out(self, step: Step) -> None:
        begun = time.monotonic()
        while True:
            try:
                done = self._attempt(step)
                break
            except urllib.error.HTTPError as error:
                if error.code in REFUSED:
                    raise
            except (OSError, http.client.HTTPException):
                pass  # Unknown whether it was done; doing it again makes it so.
            assert time.monotonic() < begun + PATIENCE_SECONDS or not self._stopped.is_set()
            time.sleep(RETRY_SECONDS)
        self._writes.append(Write(step.kind, step.name, step.number, begun, time.monotonic(), done))

    def _attempt(self, step: Step) -> Object | None:
        if step.object is not None:
            return self._stage.put(step.object)
        try:
            self._stage.delete(step.kind, step.name)
        except urllib.error.HTTPError as error:
            if error.code != 404:  # an attempt before may have done it
                raise
        return None
