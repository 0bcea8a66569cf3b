"""Envoy as a child: what becomes of what it writes, and how it ends."""

import asyncio
import logging
import os
import sys

import pytest

from flagd.rpc.envoy.process import EnvoyProcess, libpython, python_environment

WRITES = r"""
import sys
print("\x1fwarning\x1fmain\x1flow on files")
print("\x1ferror\x1fconfig\x1fno such field")
print("\x1fcritical\x1fmain\x1fcannot bind")
print("\x1fwarning\x1fmain\x1fcaught ENVOY_SIGTERM")
print("already formatted by the app")
sys.stdout.write("no end of line")
"""


async def run(program):
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    return EnvoyProcess(child)


async def test_its_log_is_passed_on_level_by_level(caplog, capsys):
    caplog.set_level(logging.INFO)
    assert await (await run(WRITES)).wait() == 0
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "main: low on files"),
        ("ERROR", "config: no such field"),
        ("CRITICAL", "main: cannot bind"),
    ]
    assert capsys.readouterr().err == "already formatted by the app\nno end of line\n"


async def test_its_last_errors_are_kept():
    process = await run(WRITES)
    await process.wait()
    assert process.errors == "no such field; cannot bind"


async def test_a_line_without_end_is_passed_on_in_pieces(capsys):
    process = await run("import sys; sys.stdout.write('x' * 1_000_000)")
    await process.wait()
    assert capsys.readouterr().err.replace("\n", "") == "x" * 1_000_000


async def test_it_is_killed_when_it_does_not_end(monkeypatch):
    monkeypatch.setattr("flagd.rpc.envoy.process.KILL_SECONDS", 0.05)
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
