"""The same application as Celery tasks, over folders instead of a broker. A program: asks until all workers answer."""

import os
import sys
import time

import fork_app
from celery import Celery

FOLDER = os.environ["CELERY_FOLDER"]
app = Celery("fork_celery", broker="filesystem://", backend=f"file://{FOLDER}")
app.conf.broker_transport_options = {
    "data_folder_in": FOLDER,
    "data_folder_out": FOLDER,
    "control_folder": FOLDER,
    "polling_interval": 0.05,
}


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
