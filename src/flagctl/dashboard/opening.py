"""Opening: from the options of the command line to a server that answers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING

import click

from flagctl.dashboard.live.cluster_site import ClusterSite
from flagctl.dashboard.live.doorway import Doorway
from flagctl.dashboard.live.operator import Operator
from flagctl.dashboard.live.sign_in import ENTER, sign_in_routes
from flagctl.dashboard.web.application import application
from flagctl.dashboard.web.events import Streams
from flagctl.dashboard.web.files_site import FilesSite
from flagctl.dashboard.web.server import Edge, listening, serve
from flagctl.failure import Unreachable
from flagd.process.address import is_host, is_loopback, split_address, split_url
from flagd.process.port.pem import check_authority, check_pair
from flagoperator.kubeconfig import ConnectionSettingsError
from flagoperator.kubeconfig.connection import find_selection
from flagoperator.kubeconfig.document import Selection
from flagoperator.kubeconfig.section import Section

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; each field is the option of its name."""

    paths: tuple[str, ...]
    listen: str
    hosts: tuple[str, ...]
    kubeconfig: Path | None
    context: str | None
    namespaces: tuple[str, ...]
    sign_in: bool
    api_server: str | None
    api_server_ca: Path | None
    tls_cert: Path | None
    tls_key: Path | None
    trust_proxies: str
    rollout_verbs: bool
    operator: str | None
    operator_ca: Path | None

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by HTTPS."""
        return self.tls_cert is not None or bool(self.trust_proxies)

    @property
    def as_owner(self) -> bool:
        """Whether it acts as the user of the kubeconfig, for whoever has the link."""
        return not self.sign_in and self.api_server is None


def opened(options: Options) -> None:
    """Answer until somebody ends it. Raises Unreachable where it can't listen or no API server is named."""
    host, port = _address(options.listen)
    _check(options)
    tls = (options.tls_cert, options.tls_key) if options.tls_cert and options.tls_key else None
    try:
        if tls is not None:
            check_pair(*tls)
        for ca in filter(None, (options.api_server_ca, options.operator_ca)):
            check_authority(ca)
    except OSError as error:
        raise Unreachable(str(error)) from None
    site = FilesSite(options.paths) if options.paths else _cluster_site(options, host)
    streams = Streams(site.inventory)
    routes = sign_in_routes() if isinstance(site, ClusterSite) else ()
    app = application(site, site.works, streams, options.hosts, routes)
    with listening(host, port) as at:
        url = f"http{'s' if tls else ''}://{_shown(host)}:{at.getsockname()[1]}/"
        link = f"{ENTER.removeprefix('/')}/{site.door.link}" if isinstance(site, ClusterSite) and site.door.link else ""
        line = f"flags of {site.title} on {url}{link}"
        serve(app, at, Edge(tls, options.trust_proxies), lambda: click.echo(line), streams.close)


def _cluster_site(options: Options, host: str) -> ClusterSite:
    if options.as_owner and not is_loopback(f"{host}:0"):
        raise click.UsageError(f"it acts as you, so that {host} may not reach it; --sign-in has everybody show a token")

    def find() -> Selection:
        if options.api_server is None:
            return find_selection(options.kubeconfig, options.context, os.environ)
        ca = {} if options.api_server_ca is None else {"certificate-authority": str(options.api_server_ca.absolute())}
        return Selection(Section("--api-server", {"server": options.api_server, **ca}), Section("nobody"), "")

    try:
        server = find().cluster.text("server")
    except ConnectionSettingsError as error:
        raise Unreachable(str(error)) from None
    operator = None if options.operator is None else Operator(options.operator, options.operator_ca)
    doorway = Doorway(find, options.namespaces, options.rollout_verbs, operator)
    return ClusterSite(options.context or server, doorway, as_owner=options.as_owner, secure=options.secure)


def _check(options: Options) -> None:
    """Raise BadParameter for names and addresses that no request could bear."""
    for name in options.hosts:
        if not is_host(name):
            wrong = f'"{name}" is not a name that browsers ask for, such as flags.example: without scheme and port'
            raise click.BadParameter(wrong, param_hint="--host")
    for proxy in filter(None, options.trust_proxies.split(",")):
        try:
            ip_network(proxy.strip(), strict=False)
        except ValueError:
            wrong = f'"{proxy}" is not an address such as 10.0.0.7, nor a network such as 10.0.0.0/8'
            raise click.BadParameter(wrong, param_hint="--trust-proxies") from None
    if options.api_server is not None:
        try:
            split_url(options.api_server, ("http", "https"))
        except ValueError:
            wrong = f'"{options.api_server}" is not a URL such as https://kubernetes.default.svc'
            raise click.BadParameter(wrong, param_hint="--api-server") from None


def _address(listen: str) -> tuple[str, int]:
    try:
        return split_address(listen)
    except ValueError:
        wrong = f'"{listen}" is not HOST:PORT, such as 127.0.0.1:8020'
        raise click.BadParameter(wrong, param_hint="--listen") from None


def _shown(host: str) -> str:
    if is_loopback(f"{host}:0"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
