"""Providers: OpenFeature's own for flagd in other languages; in the node's network, each asks all the time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from tests.wire.clients import environment
from tests.wire.clients.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LANGUAGES: dict[str, Callable[[], Sequence[Any]]] = {
    "node": lambda: (environment.node(), environment.NODE_FOLDER / "flagd_repl.mjs"),
    "node over OFREP": lambda: (environment.node(), environment.NODE_FOLDER / "ofrep_repl.mjs"),
    "go": environment.go,
    "java": environment.java,
}
FLAG = "switch"
QUESTION = {"flag": FLAG, "type": "boolean", "default": False, "context": {"targetingKey": "ann"}}
PAUSE_SECONDS = 0.02


class Asking:
    """A provider that asks for FLAG of the project `default`, which must be on, inside ``with``.

    Args:
        inside: words that run a command in the node's network.
        address: where flagd answers.
        language: one of LANGUAGES; the test is skipped where its provider is not installed.
    """

    def __init__(self, inside: Sequence[str], address: str, language: str) -> None:
        self.answers, self.failures = 0, list[str]()
        self._provider = Provider((*inside, *LANGUAGES[language]()), address)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._provider.heard("ready")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._provider.stop()

    def _run(self) -> None:
        while not self._stopped.wait(PAUSE_SECONDS):
            answer = self._provider.ask(QUESTION)
            self.answers += 1
            if answer.get("error") or answer["value"] is not True:
                self.failures.append(str(answer))
