"""Fork: finds out that this process is a fork of the one that made the clients, and tells them.

A thread does not survive a fork, a socket does and must not be used by two: the child releases the parent's socket
and opens a stream of its own when it next asks. Python tells of its own forks; of those that C makes (uWSGI) a page of
memory tells that the kernel wipes in the child. Reading it costs less than asking for the process id.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
import weakref
from contextlib import suppress
from typing import Protocol

WAIT_SECONDS = 5.0
"""How long a fork waits for a client to finish what it is at, so that no half of it is in the child."""
_WIPE_ON_FORK = 18  # MADV_WIPEONFORK of Linux; the module does not name it


class Forkable(Protocol):
    """What is told of forks."""

    @property
    def busy(self) -> threading.RLock:
        """Held while something is done that a fork must not cut in two."""

    def heal(self) -> None:
        """Take in that this process is a fork: threads are gone, locks may be held by nobody, sockets are not ours."""


def _page() -> mmap.mmap | bytearray:
    with suppress(OSError, ValueError):
        if sys.platform != "linux":  # 18 is something else there
            return bytearray(b"\1")
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(_WIPE_ON_FORK)
        page[0] = 1
        return page
    return bytearray(b"\1")


same_process = _page()
"""``same_process[0]`` is 0 in a fork of which nobody has been told yet."""
_clients: weakref.WeakSet[Forkable] = weakref.WeakSet()
_held = threading.local()
"""Locks that a thread holds while it forks, as ``_held.locks``."""


def register(client: Forkable) -> None:
    """Tell `client` of forks, for as long as it lives."""
    _clients.add(client)


def heal() -> None:
    """Tell all clients that this process is a fork."""
    same_process[0] = 1
    for client in list(_clients):
        client.heal()


def _prepare() -> None:
    locks = [client.busy for client in list(_clients)]
    _held.locks = [lock for lock in locks if lock.acquire(timeout=WAIT_SECONDS)]


def _resume() -> None:
    for lock in _held.locks:
        lock.release()
    _held.locks = []


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(before=_prepare, after_in_parent=_resume, after_in_child=heal)
