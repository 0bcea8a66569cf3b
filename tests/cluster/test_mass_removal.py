"""A definition is deleted, and with it all objects of its kind, however few each project has.

A control plane of its own: it gets broken.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import crds
from tests.cluster.conftest import namespace_of
from tests.cluster.installation import DEFINITIONS
from tests.cluster.stage import Stage, flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.control_plane import ControlPlane

CONFIRM = "flagoperator.dev/confirm-removal"
KEY_HASH = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def plane(own_plane: ControlPlane) -> ControlPlane:
    return own_plane


@pytest.fixture
def stages(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[list[Stage]]:
    """Three namespaces; the first has the operator of all."""
    with ExitStack() as stack:
        name = namespace_of(request.node.name)
        yield [stack.enter_context(Stage(plane, f"{name[:40]}-{number}")) for number in range(3)]


def delete_definition(plane: ControlPlane, kind: str) -> None:
    plane.request(f"{DEFINITIONS}/{kind.lower()}s.flagoperator.dev", "DELETE")


def restore_definition(plane: ControlPlane, kind: str) -> None:
    (crd,) = (each for each in crds() if each["spec"]["names"]["kind"] == kind)
    plane.apply(f"{DEFINITIONS}/{kind.lower()}s.flagoperator.dev", crd)


def variants(stages: list[Stage], replica: Any) -> list[str]:
    """Return what the only flag of each project gives."""
    return [each.variant(replica, "only") for each in stages]


def test_a_deleted_definition_turns_no_flag_off_and_is_named_until_its_lists_can_be_believed(
    stages: list[Stage], plane: ControlPlane
):
    first = stages[0]
    operator = first.operator("--relist-interval", "2", namespaces=())
    replica = first.replica("flagd-0")
    for each in stages:
        each.apply(flag("only"))
        each.wait("only", Published="True")
    delete_definition(plane, "Flag")
    first.until(lambda: len(operator.state()["held"]) == len(stages))
    assert operator.state()["unserved"] == ["Flag"]
    assert all("until the API server serves Flag again" in text for text in operator.state()["held"])
    operator.said("the API server does not serve Flag: what was served stays")
    first.until(lambda: variants(stages, replica) == ["on"] * 3)
    operator.said("listing failed")
    assert variants(stages, replica) == ["on"] * 3
    found = first.until(lambda: plane.request(f"/api/v1/namespaces/{first.namespace}/events")["items"])
    assert {each["reason"] for each in found} == {"MassRemovalHeld"}
    restore_definition(plane, "Flag")
    first.until(lambda: operator.state()["unserved"] == [])
    first.until(lambda: variants(stages, replica) == [""] * 3)
    assert operator.state()["held"] == []


def test_a_definition_that_is_gone_for_good_lets_go_what_is_confirmed(stages: list[Stage], plane: ControlPlane):
    first = stages[0]
    operator = first.operator("--relist-interval", "2", namespaces=())
    replica = first.replica("flagd-0")
    deployment = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagDeployment", "metadata": {"name": "web"}}
    first.apply({**deployment, "spec": {"type": "Server", "keyHashes": [KEY_HASH]}}, flag("only"))
    first.wait("only", Published="True")
    first.wait("web", "FlagDeployment", Ready="True")
    delete_definition(plane, "FlagDeployment")
    try:
        (held,) = first.until(lambda: operator.state()["held"])
        assert "1 of 1 deployments would go" in held
        assert first.variant(replica, "only") == "on"
        revision = held.partition("revision ")[2].partition(" ")[0]
        first.kubectl("annotate", "lease", "flagoperator", f"{CONFIRM}={revision}")
        first.until(lambda: not operator.state()["held"])
        assert operator.state()["unserved"] == ["FlagDeployment"]
    finally:
        restore_definition(plane, "FlagDeployment")
