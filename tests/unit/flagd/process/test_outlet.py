"""Whoever logs never waits for whoever reads the log."""

import logging
import os
import re
import threading

import pytest

from flagd.process import outlet as module
from flagd.process.outlet import Outlet


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)


@pytest.fixture
def outlet(pipe):
    outlet = Outlet(pipe[1])
    yield outlet
    outlet.close()


@pytest.fixture
def log(outlet):
    log = logging.Logger("test")
    log.addHandler(outlet)
    return log


def test_lines_are_written_in_order(log, outlet, pipe):
    for number in range(100):
        log.warning("line %d", number)
    outlet.flush()
    assert os.read(pipe[0], 65536).decode().splitlines() == [f"line {number}" for number in range(100)]


def test_a_log_that_nobody_reads_holds_nobody_up_and_says_later_what_was_dropped(log, outlet, pipe, monkeypatch):
    text = "x" * 10_000
    for _ in range(300):
        log.warning(text)
    assert 0 < outlet.dropped < 300
    seen = []

    def read():
        while b"the end" not in b"".join(seen[-2:]):
            seen.append(os.read(pipe[0], 65536))

    reader = threading.Thread(target=read)
    reader.start()
    monkeypatch.setattr(module, "FLUSH_SECONDS", 20)
    outlet.flush()
    log.warning("the end")
    reader.join(20)
    lines = b"".join(seen).decode().splitlines()
    told = [int(found[1]) for line in lines if (found := re.fullmatch(r"(\d+) lines of log were dropped.*", line))]
    assert sum(told) == outlet.dropped
    assert lines[-1] == "the end"
    assert lines.count(text) == 300 - outlet.dropped


def test_a_log_that_is_gone_stops_nobody(log, outlet, pipe):
    closed, writing = os.pipe()
    os.close(closed)
    os.dup2(writing, pipe[1])
    log.warning("to nobody")
    outlet.flush()
    assert outlet.dropped == 1


def test_a_record_that_is_wrong_is_no_error(log, outlet, pipe, capsys):
    log.warning("%d", "no number")
    log.warning("next")
    outlet.flush()
    assert os.read(pipe[0], 65536) == b"next\n"
    assert "no number" in capsys.readouterr().err
