"""Connections of callers leave files for what is not caller's."""

import resource

import pytest

from flagd.transport import descriptors
from flagd.transport.descriptors import CONNECTIONS, connections


@pytest.mark.parametrize(
    ("files", "expected"),
    [(256, 1), (1024, 256), (20_000, 9744), (1 << 20, CONNECTIONS), (resource.RLIM_INFINITY, CONNECTIONS)],
)
def test_each_port_has_its_part_of_the_files(files, expected, monkeypatch):
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: (files, files))
    assert connections() == expected
