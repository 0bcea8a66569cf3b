"""Repl: a script around a client that we did not write: a line of JSON in, a line of JSON out."""

import json
import subprocess
import threading

SECONDS = 60


class Repl:
    """One such script, running. Its first line says that it is ready."""

    def __init__(self, *command):
        self._process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def ask(self, question):
        """Return the answer to one question."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._read()

    def stop(self):
        """End it. By force: some clients take ten seconds to close their streams."""
        self._process.kill()
        self._process.communicate()

    def _read(self):
        watchdog = threading.Timer(SECONDS, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        assert line, f"{self._process.args} ended, or said nothing for {SECONDS} s"
        return json.loads(line)
