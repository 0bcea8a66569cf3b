"""Ports: free ones for servers that must be told theirs before they start, or keep it over a restart.

They are none that the kernel gives out by itself, so no connection and no port 0 takes one between our
look and the server's. A lock for each, held until this process ends, keeps other runs of tests away.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

LOWEST, END = 10_000, 65_536
ATTEMPTS = 1000
_LOCKS = Path(tempfile.gettempdir()) / f"flagoperator-ports-{os.getuid()}"
_chance = random.SystemRandom()  # tests seed the other one


def free_ports(count: int) -> list[int]:
    """Return ports on loopback that nobody listens on, and that nobody else is given before this process ends."""
    return [free_port() for _ in range(count)]


def free_port() -> int:
    """Return one. Raises OSError where none is free."""
    _LOCKS.mkdir(exist_ok=True)
    candidates = _candidates()
    for _ in range(ATTEMPTS):
        port = _chance.choice(candidates)
        if _take(port):
            return port
    raise OSError(f"no free port on loopback in {ATTEMPTS} attempts")


def free_address() -> str:
    """Return ``host:port`` of one."""
    return f"127.0.0.1:{free_port()}"


def _candidates() -> list[int]:
    given_out: range = range(32_768, 61_000)
    with suppress(OSError):
        first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
        given_out = range(int(first), int(last) + 1)
    return [port for port in range(LOWEST, END) if port not in given_out] or list(range(LOWEST, END))


def _take(port: int) -> bool:
    """Return whether nobody has `port`; it is ours from then on: the lock ends with the process."""
    lock = os.open(_LOCKS / str(port), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        os.close(lock)
        return False
    return True
