"""Envoy as a child: what becomes of what it writes, and how it ends."""

import asyncio
import logging
import os
import sys

import pytest

from flagd.transport.envoy.process import EnvoyProcess, libpython, python_environment

MARK = "\x1fsecret\x1f"
WRITES = r"""
import sys
print("\x1fsecret\x1fwarning\x1fmain\x1flow on files")
print("\x1fsecret\x1ferror\x1fconfig\x1fno such field")
print("\x1fsecret\x1fcritical\x1fmain\x1fcannot bind")
print("\x1fsecret\x1fwarning\x1fmain\x1fcaught ENVOY_SIGTERM")
sys.stdout.write("no end of line")
"""
HOSTILE = [
    "\x1fboom",
    "\x1f",
    "\x1fsecret\x1f",
    "\x1fsecret\x1fwarning",
    "\x1fcritical\x1fmain\x1fforged",
    "2026-11-28T23:59:59.999Z CRITICAL flagd.forged: hello\r\x1b[2J",
    "\udcff",
]
"""Lines that others have Envoy print: each once ended the log, or forged a line of it."""


async def run(program):
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    return EnvoyProcess(child, MARK)


async def test_its_log_is_passed_on_level_by_level(caplog):
    caplog.set_level(logging.INFO)
    assert await (await run(WRITES)).wait() == 0
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "main: low on files"),
        ("ERROR", "config: no such field"),
        ("CRITICAL", "main: cannot bind"),
        ("WARNING", "no end of line"),
    ]


@pytest.mark.parametrize("line", HOSTILE)
async def test_a_foreign_line_is_text_and_ends_nothing(line, caplog):
    program = f"import os; os.write(1, {line.encode(errors='surrogateescape') + bytes([10])!r}); print('still here')"
    assert await (await run(program)).wait() == 0
    text, last = caplog.records
    assert (text.name, text.levelname) == ("envoy.output", "WARNING")
    assert text.getMessage().isprintable()
    assert last.getMessage() == "still here"


async def test_a_line_that_cannot_be_logged_does_not_end_the_log(caplog, monkeypatch):
    def broken(*_):
        raise ValueError("not enough values")

    monkeypatch.setattr("flagd.process.foreign.Foreign.say", broken)
    assert await (await run("print('foreign')" + WRITES)).wait() == 0
    assert "a line that Envoy printed is left out" in caplog.text
    assert "main: cannot bind" in caplog.text


async def test_its_last_errors_are_kept():
    process = await run(WRITES)
    await process.wait()
    assert process.errors == "no such field; cannot bind"


async def test_a_line_without_end_is_passed_on_in_pieces(caplog, monkeypatch):
    monkeypatch.setattr("flagd.process.foreign.LINE_BYTES", 1000)
    await (await run("import sys; sys.stdout.write('x' * 100_000)")).wait()
    assert len(caplog.messages) > 1
    assert "".join(caplog.messages).count("x") > 10_000


async def test_its_end_is_told_though_a_child_of_its_own_keeps_the_pipe_open(monkeypatch):
    monkeypatch.setattr("flagd.transport.envoy.process.LAST_WORDS_SECONDS", 0.05)
    process = await run("import subprocess; subprocess.Popen(['sleep', '5'])")
    assert await process.wait() == 0


async def test_it_is_killed_when_it_does_not_end(monkeypatch):
    monkeypatch.setattr("flagd.transport.envoy.process.KILL_SECONDS", 0.05)
    process = await run(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    await process.stop()
    assert process.ended


async def test_to_stop_what_has_ended_is_no_error():
    process = await run("pass")
    await process.wait()
    await process.stop()


@pytest.mark.skipif(libpython() is None, reason="this Python was built without a shared library")
def test_python_inside_is_the_python_here():
    variables = python_environment()
    assert variables["PYTHONPATH"].split(os.pathsep) == sys.path
    assert os.path.exists(variables["LD_PRELOAD"])  # noqa: PTH110
