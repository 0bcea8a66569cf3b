"""Fault: something that goes wrong in a site while traffic flows, and how it is made good again. All of them."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.transport.envoy import missing
from tests.cluster.installation import ACCOUNT, RBAC, authorize
from tests.cluster.site import ENVOY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.cluster.site import Site

CUTS = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: what happens.
        inject: makes it happen.
        heal: ends it; nothing but the site's own recovery is left to do then.
        available: why it cannot happen here; empty if it can.
    """

    name: str
    inject: Callable[[Site], None]
    heal: Callable[[Site], None]
    available: Callable[[], str] = str


def _recover(site: Site) -> None:
    site.recover()


def _without_envoy() -> str:
    lacking = missing()
    return f"Envoy cannot run here: {lacking}" if lacking else ""


def _kill_leader(site: Site) -> None:
    site.kill(site.leader())


def _end_leader(site: Site) -> None:
    site.kill(site.leader(), signal.SIGTERM)


def _stop_leader(site: Site) -> None:
    site.pause(site.leader())


def _kill_operators(site: Site) -> None:
    for name in tuple(site.operators):
        site.kill(name)


def _kill_replica(site: Site) -> None:
    site.lose(site.any_replica())


def _end_replica(site: Site) -> None:
    site.lose(site.any_replica(), signal.SIGTERM)


def _stop_replica(site: Site) -> None:
    site.suspend(site.any_replica())


def _stop_envoy(site: Site) -> None:
    site.suspend(ENVOY, site.envoy)


def _kill_envoy(site: Site) -> None:
    site.lose_envoy()


def _kill_api_server(site: Site) -> None:
    site.plane.kill("kube-apiserver")


def _start_api_server(site: Site) -> None:
    site.plane.start("kube-apiserver")


def _stop_api_server(site: Site) -> None:
    site.plane.kill("kube-apiserver", signal.SIGSTOP)


def _resume_api_server(site: Site) -> None:
    site.plane.kill("kube-apiserver", signal.SIGCONT)


def _throttle_operators(site: Site) -> None:
    site.meanwhile(site.proxy.leading_to(site.refusal.address))


def _kill_etcd(site: Site) -> None:
    site.plane.kill("etcd")


def _start_etcd(site: Site) -> None:
    site.plane.start("etcd")


def _cut_watches(site: Site) -> None:
    for _ in range(CUTS):
        site.traffic.flow(2)
        site.proxy.cut()


def _refuse_operators(site: Site) -> None:
    site.meanwhile(site.proxy.away())


def _silence_api_server(site: Site) -> None:
    site.meanwhile(site.proxy.silent())


def _cut_links(site: Site) -> None:
    for link in site.links.values():
        link.cut()


def _silence_links(site: Site) -> None:
    for link in site.links.values():
        site.meanwhile(link.silent())


def _take_rights(site: Site) -> None:
    site.plane.request(f"{RBAC}/clusterrolebindings/{ACCOUNT}", "DELETE")


def _give_rights(site: Site) -> None:
    authorize(site.plane, site.stage.namespace)


FAULTS: Sequence[Fault] = (
    Fault("the operator that decides is killed", _kill_leader, _recover),
    Fault("the operator that decides is told to end", _end_leader, _recover),
    Fault("the operator that decides is stopped", _stop_leader, _recover),
    Fault("both operators are killed", _kill_operators, _recover),
    Fault("a replica is killed", _kill_replica, _recover),
    Fault("a replica is told to end", _end_replica, _recover),
    Fault("a replica is stopped", _stop_replica, _recover),
    Fault("Envoy is stopped", _stop_envoy, _recover, _without_envoy),
    Fault("Envoy is killed", _kill_envoy, _recover, _without_envoy),
    Fault("the API server is killed", _kill_api_server, _start_api_server),
    Fault("the API server is stopped", _stop_api_server, _resume_api_server),
    Fault("the API server answers 429", _throttle_operators, _recover),
    Fault("the store is killed", _kill_etcd, _start_etcd),
    Fault("watches are cut", _cut_watches, _recover),
    Fault("the API server refuses connections", _refuse_operators, _recover),
    Fault("connections to the API server are half-open", _silence_api_server, _recover),
    Fault("streams to the replicas are cut", _cut_links, _recover),
    Fault("streams to the replicas are half-open", _silence_links, _recover),
    Fault("the operator may read nothing", _take_rights, _give_rights),
)
