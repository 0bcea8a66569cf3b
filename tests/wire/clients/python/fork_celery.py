"""The same application as Celery tasks, over folders instead of a broker. A program: asks until all workers answer."""

import fcntl
import functools
import os
import sys
import time
from pathlib import Path

import fork_app
from celery import Celery
from kombu.transport import filesystem

FOLDER = os.environ["CELERY_FOLDER"]
app = Celery("fork_celery", broker="filesystem://", backend=f"file://{FOLDER}")
app.conf.broker_transport_options = {
    "data_folder_in": FOLDER,
    "data_folder_out": FOLDER,
    "control_folder": FOLDER,
    "polling_interval": 0.05,
}


def _alone(method):
    """Return `method` of Kombu's channel, called by one process at a time: it reads files that others are writing."""

    @functools.wraps(method)
    def called(*words, **options):
        with Path(FOLDER, "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return method(*words, **options)

    return called


for name in ("_put", "_get", "_queue_bind", "get_table"):
    setattr(filesystem.Channel, name, _alone(getattr(filesystem.Channel, name)))


@app.task(name="ask")
def ask():
    """Answer as a worker process does."""
    return fork_app.answer()


def main(variant, workers):
    """Exit with 0 once so many processes have given `variant`, over streams of their own."""
    found, until = {}, time.monotonic() + 120
    while time.monotonic() < until:
        for result in [ask.delay() for _ in range(workers)]:
            answer = result.get(timeout=60, interval=0.05)
            found[answer["pid"]] = answer
        told = list(found.values())
        if len(told) >= workers and all(one["variant"] == variant and one["forked"] for one in told):
            return
    sys.exit(f"never: {found}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
