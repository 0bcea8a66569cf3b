import subprocess
import sys

from flagd.process.deadline import EXIT_LATE, Deadline

HANGS = """
import threading
from flagd.process.deadline import Deadline
with Deadline() as deadline:
    deadline.start(0.01, lambda: print("last", flush=True))
    threading.Event().wait()
"""


def test_a_process_that_hangs_is_ended_and_says_so():
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (EXIT_LATE, "last\n")
    assert "not everything ended" in done.stderr


def test_who_ends_in_time_is_not_ended():
    with Deadline() as deadline:
        deadline.start(3600, lambda: None)
        timer = deadline._timer
        deadline.start(7200, lambda: None)
        assert deadline._timer is timer
    assert timer is not None
    assert timer.finished.is_set()
