"""What Envoy is told at its start."""

from pathlib import Path

import pytest

from flagd.transport.envoy.bootstrap import bootstrap
from flagd.transport.envoy.listener import Listener

pytest.importorskip("pyvoy", reason="pyvoy is not installed")
CONFIG = bootstrap(Listener("127.0.0.1", 1, "a:app", None, Path("/run"), ()), Path("/run/admin"), heap=1000)


def test_the_admin_interface_is_for_its_owner_alone():
    assert CONFIG["admin"]["address"] == {"pipe": {"path": "/run/admin", "mode": 0o600}}


def test_it_protects_itself_before_its_heap_is_full():
    manager = CONFIG["overload_manager"]
    (heap,) = (each for each in manager["resource_monitors"] if each["name"].endswith("fixed_heap"))
    assert heap["typed_config"]["max_heap_size_bytes"] == 1000
    thresholds = []
    for action in manager["actions"]:
        (trigger,) = action["triggers"]
        assert trigger["name"] == heap["name"]
        thresholds.append(_threshold(trigger))
    assert thresholds == sorted(thresholds)
    assert max(thresholds) < 1


def _threshold(trigger):
    return trigger["threshold"]["value"] if "threshold" in trigger else trigger["scaled"]["scaling_threshold"]


def test_connections_have_a_bound():
    (monitor,) = (
        each for each in CONFIG["overload_manager"]["resource_monitors"] if each["name"].endswith("max_connections")
    )
    assert monitor["typed_config"]["max_active_downstream_connections"] > 0
