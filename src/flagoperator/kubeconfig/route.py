"""Route: what a cluster and a user of a kubeconfig come to, checked as kubectl checks them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from posixpath import normpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from flagd.process.address import split_url
from flagoperator.kubeconfig.fault import ConnectionSettingsError
from flagoperator.kubeconfig.proxy import proxy_of
from flagoperator.kubeconfig.user import impersonation, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.kubeconfig.credential import Source
    from flagoperator.kubeconfig.document import Selection
    from flagoperator.kubeconfig.section import Section

EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to an API server.

    Attributes:
        server: its URL, without a slash at the end.
        server_name: the name that is expected in its certificate; None = that of the URL.
        proxy: URL of the proxy on the way; None = there is none.
        verify: whether its certificate is looked at.
        cluster: the section that names its certificate authority.
        source: of what shows who we are.
        impersonation: headers that say whom we act as.
    """

    server: str
    server_name: str | None
    proxy: str | None
    verify: bool
    cluster: Section
    source: Source
    impersonation: tuple[tuple[str, str], ...]


def route_of(selection: Selection, environment: Mapping[str, str]) -> Route:
    """Return what `selection` comes to. Raises ConnectionSettingsError, and CredentialError for unreadable files."""
    cluster = selection.cluster
    server = _server(cluster)
    verify = not cluster.fields.get("insecure-skip-tls-verify")
    authorities = cluster.content("certificate-authority")
    if authorities and not verify:
        raise ConnectionSettingsError(
            f"{cluster.title}: certificate-authority cannot be combined with insecure-skip-tls-verify; "
            "leave one of them out"
        )
    return Route(
        server=server,
        server_name=cluster.text("tls-server-name") or None,
        proxy=proxy_of(server, cluster.text("proxy-url"), environment),
        verify=verify,
        cluster=cluster,
        source=source_of(selection.user, _told(cluster, authorities)),
        impersonation=impersonation(selection.user),
    )


def _server(cluster: Section) -> str:
    """Return the URL of the API server, tidied as kubectl does: what is not scheme, host or path does not count."""
    written = cluster.text("server")
    if not written:
        raise ConnectionSettingsError(f"{cluster.title}: names no server")
    try:
        found = split_url(written if "://" in written else f"http://{written}", ("http", "https"), login=True)
    except ValueError:
        shown = written.rpartition("@")[2]
        raise ConnectionSettingsError(f"{cluster.title}: server {shown!r} is not an http or https URL") from None
    if "@" in found.netloc or "#" in written:
        raise ConnectionSettingsError(f"{cluster.title}: server has a user name or a fragment (#); leave them out")
    path = normpath(f"/{unquote(found.path).strip('/')}")
    return f"{found.scheme}://{found.netloc}{quote(path.rstrip('/'))}"


def _told(cluster: Section, authorities: bytes | None) -> Mapping[str, Any]:
    """Return the description of the cluster for an exec plugin, if it asks for it (provideClusterInfo)."""
    names = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url", "disable-compression")
    told = {name: cluster.fields[name] for name in names if name in cluster.fields}
    told["config"] = None
    if authorities:
        told["certificate-authority-data"] = base64.b64encode(authorities).decode()
    for each in cluster.fields.get("extensions") or ():
        if isinstance(each, dict) and each.get("name") == EXEC_EXTENSION:
            told["config"] = each.get("extension")
    return told
