"""What a flagd that was killed left is removed by the next; what somebody uses, or is not ours, stays."""

import fcntl
import subprocess
import sys
import tempfile

import pytest

from flagd.transport.envoy.folder import LOCK, Folder, remove_left

DIES = """
import os, signal
from flagd.transport.envoy.folder import Folder
print(Folder.make().path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_of_one_that_was_killed_is_removed_by_the_next(temporary, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(temporary))
    done = subprocess.run([sys.executable, "-c", DIES], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    left = temporary / done.stdout.strip()
    assert left.is_dir()
    used = Folder.make()
    assert [used.path] == list(temporary.iterdir())
    used.remove()
    assert list(temporary.iterdir()) == []


def test_a_folder_that_is_in_use_stays():
    one, other = Folder.make(), Folder.make()
    assert one.path.is_dir()
    one.remove()
    other.remove()


def test_a_folder_that_is_being_made_stays(temporary, monkeypatch):
    lock = fcntl.flock

    def look_first(*words):
        monkeypatch.setattr(fcntl, "flock", lock)
        assert remove_left(temporary) == []
        lock(*words)

    monkeypatch.setattr(fcntl, "flock", look_first)
    made = Folder.make()
    assert [each.name for each in made.path.iterdir()] == [LOCK]
    assert remove_left(temporary) == []
    made.remove()


def test_what_is_not_ours_stays(temporary):
    (temporary / "flagd-without-a-lock").mkdir()
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK).touch()
    (temporary / "flagd-link").symlink_to(elsewhere)
    linked = temporary / "flagd-linked-lock"
    linked.mkdir()
    (linked / LOCK).symlink_to(elsewhere / LOCK)
    (temporary / "flagd-file").touch()
    assert remove_left(temporary) == []
    assert len(list(temporary.iterdir())) == 5


def test_without_a_writable_folder_the_error_says_what_is_needed(temporary, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "nowhere"))
    with pytest.raises(OSError, match=r"writable temporary folder .*no such file.*TMPDIR"):
        Folder.make()
