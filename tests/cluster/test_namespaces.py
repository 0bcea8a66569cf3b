"""Namespaces are projects: some or all of them are followed, and they come and go."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import KINDS
from tests.cluster.conftest import namespace_of
from tests.cluster.installation import make_namespace
from tests.cluster.kstatus import IN_PROGRESS, kstatus
from tests.cluster.proxy import Proxy
from tests.cluster.stage import Stage, flag
from tests.cluster.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cluster.control_plane import ControlPlane

MANY = [f"f{number}" for number in range(30)]
"""Enough that a list which comes between their deletions leaves enough to be held."""


@pytest.fixture
def stage_called(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Stage]]:
    """Makes further namespaces of a test: stages on which no process need run."""
    with ExitStack() as stack:
        prefix = namespace_of(request.node.name)[:40].strip("-")
        yield lambda name: stack.enter_context(Stage(plane, f"{prefix}-{name}"))


def delete_namespace(stage: Stage) -> None:
    """Delete the namespace of `stage`, as kubectl and then the namespace controller would, which is not there."""
    path = f"/api/v1/namespaces/{stage.namespace}"
    namespace = stage.plane.request(path, "DELETE")
    assert namespace["status"]["phase"] == "Terminating"
    for kind in KINDS:
        stage.plane.request(stage.collection(kind), "DELETE")
        assert stage.plane.request(stage.collection(kind))["items"] == [], "something of ours blocks it"
    finish(stage, namespace)


def tenants(stage: Stage, *namespaces: str) -> Callable[[str, bool], None]:
    """Have the stage's operator use an account with rights in `namespaces` alone; return what gives and takes them."""
    name = f"{stage.namespace[:40]}-operator".replace("--", "-")
    stage.kubeconfig = stage.plane.service_account("flags-system", name)
    rbac, version = "/apis/rbac.authorization.k8s.io/v1", {"apiVersion": "rbac.authorization.k8s.io/v1"}

    def give(namespace: str, given: bool) -> None:
        path = f"{rbac}/namespaces/{namespace}/rolebindings"
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        subject = {"kind": "ServiceAccount", "namespace": "flags-system", "name": name}
        if given:
            binding = {**version, "kind": "RoleBinding", "metadata": {"name": name}, "roleRef": role}
            stage.plane.request(path, "POST", {**binding, "subjects": [subject]})
        else:
            stage.plane.request(f"{path}/{name}", "DELETE")

    for each in namespaces:
        give(each, True)
    return give


def test_a_namespace_that_may_not_be_read_does_not_stop_the_others(stage: Stage, stage_called: Callable[[str], Stage]):
    closed = stage_called("closed")
    give = tenants(stage, stage.namespace)
    operator = stage.operator("--relist-interval", "1", namespaces=(stage.namespace, closed.namespace))
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    closed.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    operator.said(f"namespace {closed.namespace} cannot be read")
    assert operator.metric("flagoperator_namespace_unreadable", namespace=closed.namespace) == 1
    assert operator.get("/readyz")[0] == 200
    assert closed.answer(replica, "checkout")[1] == "NOT_FOUND"
    give(closed.namespace, True)
    closed.wait("checkout", Published="True")
    assert closed.variant(replica, "checkout") == "on"
    stage.until(lambda: operator.state()["unreadable"] == {})


def test_rights_that_go_while_the_operator_runs_end_neither_it_nor_its_watches(
    stage: Stage, stage_called: Callable[[str], Stage]
):
    closed = stage_called("closed")
    give = tenants(stage, stage.namespace, closed.namespace)
    with Proxy(stage.kubeconfig) as proxy:
        stage.kubeconfig = proxy.kubeconfig
        operator = stage.operator("--relist-interval", "1", namespaces=(stage.namespace, closed.namespace))
        replica = stage.replica("flagd-0")
        for each in (stage, closed):
            each.apply(flag("checkout"))
            each.wait("checkout", Published="True")
        give(closed.namespace, False)
        proxy.cut()  # ends the watches, as the API server would after minutes
        operator.said(f"namespace {closed.namespace} cannot be read")
        stage.until(lambda: operator.metric("flagoperator_relist_seconds_count") >= 3)
        stage.apply(flag("checkout", 0))
        stage.wait("checkout", Published="True")
        assert stage.variant(replica, "checkout") == "off"
        assert closed.variant(replica, "checkout") == "on"
        assert operator.metric("flagoperator_watch_restarts_total") == 0
        give(closed.namespace, True)
        closed.apply(flag("checkout", 0))
        closed.wait("checkout", Published="True")
        assert operator.get("/healthz")[0] == 200


def finish(stage: Stage, namespace: dict[str, Any]) -> None:
    stage.plane.request(f"/api/v1/namespaces/{stage.namespace}/finalize", "PUT", namespace | {"spec": {}})
    stage.until(lambda: stage.namespace not in names(stage))


def names(stage: Stage) -> set[str]:
    return {each["metadata"]["name"] for each in stage.plane.request("/api/v1/namespaces")["items"]}


def test_the_named_namespaces_are_followed_and_no_other(stage: Stage, stage_called: Callable[[str], Stage]):
    second, third = stage_called("second"), stage_called("third")
    operator = stage.operator(namespaces=(stage.namespace, second.namespace))
    replica = stage.replica("flagd-0")
    for number, each in enumerate((stage, second, third)):
        each.apply(flag("checkout", variants=[{"key": f"v{number}"}]))
    stage.wait("checkout", Published="True")
    second.wait("checkout", Published="True")
    assert stage.variant(replica, "checkout") == "v0"
    assert second.variant(replica, "checkout") == "v1"
    assert third.answer(replica, "checkout") == ("", "NOT_FOUND")
    assert operator.state()["projects"].keys() == {stage.namespace, second.namespace}
    assert kstatus(third.get("Flag", "checkout")) == IN_PROGRESS
    second.apply(flag("checkout", 0))
    second.wait("checkout", Published="True")
    assert second.variant(replica, "checkout") == "off"
    assert stage.variant(replica, "checkout") == "v0"


def test_a_namespace_that_is_made_later_is_followed(stage: Stage, plane: ControlPlane):
    later = f"{stage.namespace}-later"[:63].strip("-")
    operator = stage.operator("--relist-interval", "1", namespaces=(stage.namespace, later))
    replica = stage.replica("flagd-0")
    operator.ready()
    make_namespace(plane, later)
    with Stage(plane, later) as second:
        second.apply(flag("checkout"))
        second.wait("checkout", Published="True")
        assert second.variant(replica, "checkout") == "on"


def test_all_namespaces_are_followed_where_none_is_named(stage: Stage, stage_called: Callable[[str], Stage]):
    second = stage_called("second")
    second.apply(flag("checkout"))
    operator = stage.operator(namespaces=())
    replica = stage.replica("flagd-0")
    second.wait("checkout", Published="True")
    third = stage_called("third")
    third.apply(flag("checkout", 0))
    third.wait("checkout", Published="True")
    assert second.variant(replica, "checkout") == "on"
    assert third.variant(replica, "checkout") == "off"
    assert {second.namespace, third.namespace} <= operator.state()["projects"].keys()
    third.delete("Flag", "checkout")
    stage.until(lambda: third.answer(replica, "checkout")[1] == "NOT_FOUND")
    assert operator.get("/healthz")[0] == 200


def test_the_flags_of_a_deleted_namespace_go_and_others_stay(stage: Stage, stage_called: Callable[[str], Stage]):
    gone = stage_called("gone")
    operator = stage.operator("--relist-interval", "2", namespaces=(stage.namespace, gone.namespace))
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    gone.apply(flag("checkout"), flag("other"))
    for each, name in ((stage, "checkout"), (gone, "checkout"), (gone, "other")):
        each.wait(name, Published="True")
    delete_namespace(gone)
    stage.until(lambda: gone.answer(replica, "checkout") == ("", "NOT_FOUND"))
    assert stage.variant(replica, "checkout") == "on"
    stage.until(lambda: gone.namespace not in operator.state()["projects"])
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Published="True")
    assert operator.ready()
    assert operator.get("/healthz")[0] == 200
    # Another one under its name begins with nothing.
    again = stage_called("gone")
    again.apply(flag("other", 0))
    again.wait("other", Published="True")
    assert again.variant(replica, "other") == "off"
    assert again.variant(replica, "checkout") == ""


def test_a_large_namespace_that_is_deleted_is_held_until_the_second_list(
    stage: Stage, stage_called: Callable[[str], Stage]
):
    gone = stage_called("gone")
    operator = stage.operator("--relist-interval", "5", namespaces=(stage.namespace, gone.namespace))
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    gone.apply(*map(flag, MANY))
    for each, name in ((stage, "checkout"), *((gone, name) for name in MANY)):
        each.wait(name, Published="True")
    delete_namespace(gone)
    operator.said(rf"project {gone.namespace}: \d+ of \d+ flags would go")
    stage.apply(flag("checkout", 0))
    stage.wait("checkout", Published="True")
    assert stage.variant(replica, "checkout") == "off"
    stage.until(lambda: gone.answer(replica, "f0") == ("", "NOT_FOUND"))
    stage.until(lambda: not operator.state()["held"])
    assert stage.variant(replica, "checkout") == "off"


def test_a_namespace_that_is_deleted_while_it_is_published_is_served_until_its_finalizers_let_go(
    stage: Stage, stage_called: Callable[[str], Stage]
):
    gone = stage_called("gone")
    operator = stage.operator("--relist-interval", "2", namespaces=(stage.namespace, gone.namespace))
    replicas = stage.replicas()
    held = flag("checkout")
    held["metadata"]["finalizers"] = ["example.dev/hold"]
    gone.apply(held, flag("other"))
    gone.wait("checkout", Published="True")
    with Traffic(stage, replicas) as traffic:
        traffic.flow(5)
        namespace = gone.plane.request(f"/api/v1/namespaces/{gone.namespace}", "DELETE")
        gone.plane.request(gone.collection("Flag"), "DELETE")
        for replica in replicas.values():
            stage.until(lambda replica=replica: gone.variant(replica, "other") == "")
            assert gone.variant(replica, "checkout") == "on", "it is there until whoever holds it lets go"
        gone.apply({**held, "spec": flag("checkout", 0)["spec"]})
        for replica in replicas.values():
            stage.until(lambda replica=replica: gone.variant(replica, "checkout") == "off")
        traffic.flow(5)
        held["metadata"]["finalizers"] = []
        gone.apply({**held, "spec": flag("checkout", 0)["spec"]})
        finish(gone, namespace)
        for replica in replicas.values():
            stage.until(lambda replica=replica: gone.answer(replica, "checkout") == ("", "NOT_FOUND"))
        traffic.flow(5)
    assert operator.get("/healthz")[0] == 200


def test_nothing_of_ours_keeps_a_namespace_while_the_operator_is_away(
    stage: Stage, stage_called: Callable[[str], Stage]
):
    gone = stage_called("gone")
    operator = stage.operator(namespaces=(stage.namespace, gone.namespace))
    replica = stage.replica("flagd-0")
    for each in (gone, stage):
        each.apply(flag("checkout"))
        each.wait("checkout", Published="True")
    operator.stop()
    delete_namespace(gone)
    assert gone.variant(replica, "checkout") == "on", "without an operator what was served last is served"
    stage.operator(namespaces=(stage.namespace, gone.namespace))
    stage.until(lambda: gone.answer(replica, "checkout") == ("", "NOT_FOUND"))
    assert stage.variant(replica, "checkout") == "on"
