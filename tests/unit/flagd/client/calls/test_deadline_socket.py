"""A connection of which every read and write ends by one deadline."""

import os
import socket
import threading
import time

import pytest

from flagd.client.calls.deadline_socket import LATE, DeadlineSocket


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    for each in (ours, theirs):
        each.close()


def _connection(ours, seconds=60.0):
    return DeadlineSocket(ours, time.monotonic() + seconds)


def test_what_comes_in_time_is_read_and_sent(pair):
    connection = _connection(pair[0])
    connection.sendall(b"question")
    assert pair[1].recv(100) == b"question"
    pair[1].sendall(b"line\nrest")
    pair[1].close()
    reader = connection.makefile("rb")
    assert (reader.readline(), reader.read()) == (b"line\n", b"rest")


def test_a_peer_that_says_nothing_ends_the_read_at_the_deadline(pair):
    with pytest.raises(TimeoutError, match=LATE):
        _connection(pair[0], seconds=0.01).makefile("rb").readline()


@pytest.mark.parametrize("act", [lambda one: one.sendall(b"x"), lambda one: one.recv_into(bytearray(1))])
def test_after_the_deadline_nothing_is_tried(pair, act):
    with pytest.raises(TimeoutError, match=LATE):
        act(_connection(pair[0], seconds=-1.0))


def test_another_thread_ends_a_read(pair):
    connection, read = _connection(pair[0]), []
    reading = threading.Thread(target=lambda: read.append(connection.makefile("rb").read()))
    reading.start()
    connection.interrupt()
    reading.join(60)
    assert read == [b""]


def test_a_fork_lets_go_of_the_connection_and_the_peer_notices_nothing(pair):
    copy = socket.socket(fileno=os.dup(pair[0].fileno()))
    with copy:
        _connection(pair[0]).abandon()
        copy.sendall(b"still here")
        assert pair[1].recv(100) == b"still here"


def test_a_connection_that_is_hung_up_ends_for_the_peer(pair):
    _connection(pair[0]).hang_up()
    assert pair[1].recv(100) == b""
