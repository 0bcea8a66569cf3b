"""Flagd as its users run it: a process of its own, on loopback."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from flagd.process.signals import SAME_SIGNAL_SECONDS
from tests.wire.forked import start

COMMAND = Path(sys.executable).with_name("flagd")
LISTENING = re.compile(r"evaluation on (\S+), management on (\S+)")
SECONDS = 120
"""What anything may take on a busy machine. Who waits goes on as soon as it has come."""
PAUSE, SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 0.01, 0.25
"""How long to pause between two looks, as a part of what was waited so far; seconds at least and at most."""


class Process:
    """One process. `listen` and `management` are its addresses; `log` holds the lines so far, parsed."""

    listening = LISTENING

    def __init__(self, *command):
        self.log = []
        self._changed = threading.Condition()
        self._process = start([str(word) for word in command])
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.listen, self.management = self.listening.fullmatch(self.said(self.listening)).groups()
        except AssertionError:
            self.stop()
            raise

    @property
    def pid(self):
        return self._process.pid

    @property
    def exit_code(self):
        """None while it runs."""
        return self._process.poll()

    def said(self, pattern):
        """Wait for a line of log whose message matches, and return the message."""
        with self._changed:
            found = []
            self._changed.wait_for(
                lambda: (
                    found.extend(one["message"] for one in self.log if re.search(pattern, one["message"]))
                    or found
                    or self._process.poll() is not None
                ),
                SECONDS,
            )
        assert found, f"never said {pattern!r}: {self.log}"
        return found[0]

    def get(self, path):
        """Return status and body of a page of the management port."""
        try:
            with urllib.request.urlopen(f"http://{self.management}{path}", timeout=SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ready(self):
        """Wait until /readyz says yes, and return its detail."""
        return eventually(lambda: self._ready())

    def metric(self, name, **labels):
        """Return the value of one sample, or None."""
        text = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
        sample = f"{name}{{{text}}} " if labels else f"{name} "
        lines = [line for line in self.get("/metrics")[1].splitlines() if line.startswith(sample)]
        return float(lines[0].removeprefix(sample)) if lines else None

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def wait(self):
        """Wait for the end and return the exit code."""
        code = self._process.wait(SECONDS)
        self._reader.join(SECONDS)
        return code

    def insist(self):
        """Have it end without the time that callers get to go elsewhere: by a second signal."""
        self.signal()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.2 * SAME_SIGNAL_SECONDS)
        return self.stop()

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._process.stderr.close()

    def _ready(self):
        status, body = self.get("/readyz")
        return json.loads(body) if status == 200 else None

    def _read(self):
        for line in self._process.stderr:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = {"level": "?", "message": line}
            with self._changed:
                self.log.append(entry)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


class Flagd(Process):
    """``flagd serve`` of a folder, on free ports."""

    def __init__(self, manifests, *options):
        super().__init__(
            *(COMMAND, "serve", "--manifests", manifests, "--log-format", "json"),
            *("--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0", *options),
        )


def eventually(check, seconds=SECONDS):
    """Return what `check` returns as soon as it is true; fail after `seconds`.

    The longer it takes, the longer are the pauses: who looks all the time takes from what is waited for.
    """
    began = time.monotonic()
    while not (found := check()):
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds} s: {check}"
        time.sleep(min(max(waited * PAUSE, SHORTEST_PAUSE), LONGEST_PAUSE))
    return found
