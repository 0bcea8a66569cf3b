"""Descriptors: how many files this process may open, and so how many connections each port may have."""

from __future__ import annotations

import resource

CONNECTIONS = 10_000
"""Connections to one port; further ones are closed at once."""
RESERVED = 512
"""Files that are kept for what no caller uses: probes, manifests, streams to the operator."""
PORTS = 2
"""Ports that share the rest: evaluation and rulesets."""


def raise_limit() -> None:
    """Let this process, and those it starts, open as many files as it may: every connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def connections() -> int:
    """Return how many connections one port may have."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if files == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, (files - RESERVED) // PORTS))
