"""Forks: of Python and of C, with a stream open, with none yet, in the middle of an update; each child sees changes."""

import os
import signal
import socket
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

from flagd.client import User, fork
from tests.unit.flagd.client.server import HEARTBEAT, eventually, update
from tests.unit.flagd.client.test_client import _ruleset

EVE = User("eve")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def _in_child(forking, work):
    """Run `work` in a fork, which exits with 0 if it returns true; return the child's process id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads, from Python 3.12 on
        pid = forking()
    if pid == 0:
        signal.alarm(240)  # a child that hangs outlives no test
        code = 1
        with suppress(BaseException):
            code = 0 if work() else 1
        os._exit(code)
    return pid


def _exit_code(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_child_answers_from_what_the_parent_held_and_opens_a_stream_of_its_own(client, server):
    one = client(server.url)
    parents = server.next()
    parents.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    seen, answered = os.pipe()

    def work():
        assert one.variant("a", EVE).key == "on"
        os.write(answered, b"1")
        assert one.wait_ready(60)
        eventually(lambda: one.variant("a", EVE).key == "two")
        return one.health().forked and one.health().connected

    pid = _in_child(os.fork, work)
    childs = server.next()
    assert [held.revision for held in childs.request.held] == [_ruleset().revision]
    os.close(answered)
    assert os.read(seen, 1), "the child had the answer that its parent held, before the server told it another"
    os.close(seen)
    childs.follow(update(_ruleset("two"), _ruleset()), HEARTBEAT)
    assert _exit_code(pid) == 0
    parents.more(update(_ruleset("three"), _ruleset()))
    eventually(lambda: one.variant("a", EVE).key == "three")
    assert not one.health().forked


def test_a_child_of_a_client_that_had_nothing_yet_gets_its_own(client, server):
    one = client(server.url)
    server.next()
    pid = _in_child(os.fork, lambda: one.wait_ready(60) and one.variant("a", EVE).key == "on")
    server.next().follow(update(_ruleset()), HEARTBEAT)
    assert _exit_code(pid) == 0


def test_a_child_that_asks_nothing_opens_no_stream_and_holds_no_socket_of_the_parent(client, server):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)

    def work():
        found = []
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                peer = socket.socket(fileno=os.dup(int(entry.name)))
                found.append(peer.getpeername())
        return ("127.0.0.1", server.port) not in found

    assert _exit_code(_in_child(os.fork, work)) == 0
    assert not server.waits()


def test_a_fork_waits_for_an_update_and_the_child_has_the_whole_of_it(client, server):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    evaluation = one._evaluation
    held, forked = threading.Event(), threading.Event()

    def hold():
        with evaluation.busy:
            held.set()
            forked.wait(0.2)
            evaluation.take(update(_ruleset("two"), _ruleset()))

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait()
    pid = _in_child(os.fork, lambda: one.variant("a", EVE).key == "two")
    forked.set()
    holding.join()
    assert _exit_code(pid) == 0


def test_forks_of_forks_and_from_several_threads_at_once_all_answer(client, server):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)

    def work():
        return one.variant("a", EVE).key == "on" and _exit_code(_in_child(os.fork, lambda: one.all(EVE))) == 0

    codes = []
    threads = [
        threading.Thread(target=lambda: codes.extend(_exit_code(_in_child(os.fork, work)) for _ in range(3)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * 9


def test_a_client_closed_before_a_fork_stays_closed(client, server):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    one.close()
    assert _exit_code(_in_child(os.fork, lambda: one.variant("a", EVE).key == "on")) == 0
    assert not server.waits()


C_FORK = """
import ctypes, os
from flagd.client import FlagClient, User

flags = [{"key": "a", "variants": {"on": {"key": "on"}}, "segments": [{"variant": "on"}]}]
client = FlagClient(bootstrap=flags)
assert client.wait_ready() and client.variant("a", User()).key == "on"
client._evaluation._follower._thread.join()  # a fork that nobody tells Python of is no good beside threads
pid = ctypes.PyDLL(None).fork()
if pid == 0:
    os._exit(0 if client.variant("a", User()).key == "on" and client.health().forked else 1)
assert os.waitpid(pid, 0)[1] == 0 and not client.health().forked
"""


def test_a_fork_that_nobody_tells_python_of_is_noticed_by_the_next_lookup():
    done = subprocess.run([sys.executable, "-c", C_FORK], check=False, capture_output=True, timeout=240)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_child_that_finds_its_page_wiped_heals(client, server, monkeypatch):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    monkeypatch.setattr(fork, "_clients", [])  # as if Python's hooks were not called

    def work():
        monkeypatch.undo()
        fork.same_process[0] = 0
        return one.variant("a", EVE).key == "on" and one.health().forked

    assert _exit_code(_in_child(os.fork, work)) == 0


@pytest.mark.long
def test_a_thousand_forks_all_answer_and_none_hangs(client, server):
    one = client(server.url)
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    for _ in range(1000):
        assert _exit_code(_in_child(os.fork, lambda: one.variant("a", EVE).key == "on")) == 0
