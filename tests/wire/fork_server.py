"""A fork server: runs a program of Python as often as asked, with what it imports imported once.

``python -P fork_server.py SOCKET MODULE…``. A message on the socket is a program's arguments, folder and environment;
with it come its standard output and error, and a pipe to which its pid and its exit code are written.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import socket
import sys
import time
from pathlib import Path

from flagd.process.foreign import silence_grpc


def serve(asking: socket.socket) -> bytes:
    """Start what is asked for, until nobody asks any more and all has ended; return the message in a new process."""
    ready = selectors.DefaultSelector()
    ready.register(asking, selectors.EVENT_READ)
    while ready.get_map():
        for key, _ in ready.select():
            if key.data is not None:
                ready.unregister(key.fd)
                _tell_end(key.fd, *key.data)
            elif message := _start(asking, ready):
                return message
    return b""


def _start(asking: socket.socket, ready: selectors.BaseSelector) -> bytes:
    """Start a process; return the message in it, nothing in this one."""
    message, descriptors, _, _ = socket.recv_fds(asking, 1 << 20, 3)
    if not message:
        ready.unregister(asking)
        return b""
    output, errors, told = descriptors
    if pid := os.fork():
        os.close(output)
        os.close(errors)
        os.write(told, b"%d\n" % pid)
        ready.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))
        return b""
    os.dup2(output, 1)
    os.dup2(errors, 2)
    ready.close()
    asking.close()
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208  # there may be room for a thousand million
        with contextlib.suppress(OSError):  # that of the folder itself
            if descriptor > 2:
                os.close(descriptor)
    return message


def _tell_end(descriptor: int, pid: int, told: int) -> None:
    os.close(descriptor)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any longer
        os.write(told, b"%d\n" % code)
    os.close(told)


def main(descriptor: int, modules: list[str]) -> None:
    """Serve; in each new process run what was asked for."""
    silence_grpc()
    for module in modules:
        importlib.import_module(module)
    gc.freeze()
    message = serve(socket.socket(fileno=descriptor))
    if not message:
        return
    gc.unfreeze()
    sys.argv, folder, environment = json.loads(message)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
