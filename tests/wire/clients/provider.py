"""Provider: a script around an OpenFeature provider that we did not write: questions in, answers and events out."""

import json
import queue
import subprocess
import threading

SECONDS = 60


class Provider:
    """One such script, running and connected to ``host:port``. Lines of JSON; those with ``event`` answer nothing."""

    def __init__(self, command, address):
        host, _, port = address.rpartition(":")
        self._process = subprocess.Popen(
            [str(word) for word in (*command, host, port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answers = queue.Queue()
        self._events = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, case):
        """Return the answer to the question of `case`."""
        question = {"context": {}, **{name: case[name] for name in case if name in QUESTION}}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._answers.get(timeout=SECONDS)

    def heard(self, event, flag=None):
        """Wait for an event, which names `flag` if it names any; forget it and what was before it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._find(event, flag), SECONDS), f"no {event}: {self._events}"
            del self._events[: self._find(event, flag)]

    def stop(self):
        """End the input; the script then closes its provider and leaves with code 0."""
        self._process.stdin.close()
        try:
            assert self._process.wait(SECONDS) == 0
        finally:
            self._process.kill()
            self._reader.join(SECONDS)
            self._process.stdout.close()

    def _find(self, event, flag):
        for position, line in enumerate(self._events, 1):
            if line["event"] == event and (flag is None or flag in line.get("flags", [flag])):
                return position
        return 0

    def _read(self):
        for text in self._process.stdout:
            line = json.loads(text)
            if "event" not in line:
                self._answers.put(line)
                continue
            with self._changed:
                self._events.append(line)
                self._changed.notify_all()


QUESTION = ("flag", "type", "default", "context")
