"""Connection: where the API server is and who we are to it, as kubectl would find out in the same place."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagoperator.kubeconfig.credential import Credential
from flagoperator.kubeconfig.document import contexts_of, kubeconfig_files, select
from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError
from flagoperator.kubeconfig.pod import ACCOUNT, is_in_pod, pod_namespace, pod_selection
from flagoperator.kubeconfig.route import route_of
from flagoperator.kubeconfig.tls import tls_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from flagoperator.kubeconfig.credential import Certificate
    from flagoperator.kubeconfig.document import Selection

log = logging.getLogger(__name__)
FRESH_SECONDS = 5.0
"""How long what was read is used before the files are looked at again."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a request is sent now.

    Attributes:
        headers: name and value of what says who we are; a name may stand more than once.
        tls: how TLS is done; False where there is none.
    """

    headers: tuple[tuple[str, str], ...]
    tls: ssl.SSLContext | bool


class Connection:
    """One way to an API server. May be used in several event loops."""

    def __init__(
        self,
        find: Callable[[], Selection],
        environment: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`find` reads what is configured. Raises ConnectionSettingsError and CredentialError."""
        self._find = find
        self._environment = environment
        self._clock = clock
        self._selection = find()
        self._route = route_of(self._selection, environment)
        self._access: tuple[float, Access] | None = None
        self._made: tuple[tuple[bytes | None, Certificate | None], ssl.SSLContext] | None = None

    @property
    def server(self) -> str:
        """URL of the API server, without a slash at the end."""
        return self._route.server

    @property
    def server_name(self) -> str | None:
        """The name that is expected in its certificate; None = that of the URL."""
        return self._route.server_name

    @property
    def proxy(self) -> str | None:
        """URL of the proxy on the way; None = there is none."""
        return self._route.proxy

    @property
    def namespace(self) -> str:
        """Namespace of what names none."""
        return self._selection.namespace or "default"

    async def access(self) -> Access:
        """Return how a request is to be sent now. Raises CredentialError."""
        if not self.server.startswith("https"):
            return Access(self._route.impersonation, False)  # as kubectl: no secret travels in plain text
        now = self._clock()
        if self._access is not None and now < self._access[0] + FRESH_SECONDS:
            return self._access[1]
        credential = await self._route.source.credential()
        if credential == Credential():
            # The API server would take us for anybody, which is another user than the one that is meant.
            raise CredentialError(f"{self._selection.user.title}: has no token, no certificate and no plugin")
        access = Access((*credential.headers, *self._route.impersonation), self._tls(credential))
        if self._access is not None and self._access[1] == access:
            access = self._access[1]
        self._access = now, access
        return access

    def refused(self, access: Access) -> None:
        """Take note that the API server does not accept `access`: all of it is read again for the next request."""
        if self._access is None or self._access[1] is not access:
            return  # there is another one already
        self._access = None
        self._route.source.refused()
        try:
            selection = self._find()
            if selection != self._selection:
                self._route, self._selection = route_of(selection, self._environment), selection
        except (ConnectionSettingsError, CredentialError) as error:
            log.warning("the credentials cannot be read again: %s", error)

    def _tls(self, credential: Credential) -> ssl.SSLContext:
        wanted = self._route.cluster.content("certificate-authority"), credential.certificate
        if self._made is None or self._made[0] != wanted:
            self._made = wanted, tls_context(*wanted, verify=self._route.verify)
        return self._made[1]


def find_connection(kubeconfig: Path | None, context: str | None) -> Connection:
    """Return the connection of `context` (None = the current one) of `kubeconfig`.

    None for `kubeconfig` is, as for kubectl, the files of KUBECONFIG, else ~/.kube/config, else the pod's
    ServiceAccount. Raises ConnectionSettingsError.
    """
    try:
        return Connection(lambda: find_selection(kubeconfig, context, os.environ), os.environ)
    except CredentialError as error:
        raise ConnectionSettingsError(str(error)) from None


def context_names(kubeconfig: Path | None) -> frozenset[str]:
    """Return the names of the contexts that `find_connection` may choose from. Raises ConnectionSettingsError."""
    return contexts_of(kubeconfig_files(kubeconfig, os.environ))


def find_selection(
    kubeconfig: Path | None, context: str | None, environment: Mapping[str, str], account: Path = ACCOUNT
) -> Selection:
    """Return the cluster, user and namespace that count. Raises ConnectionSettingsError."""
    files = kubeconfig_files(kubeconfig, environment)
    found = select(files, context)
    in_pod = is_in_pod(environment, account)
    if found is not None:
        # A namespace that only the pod names counts for another cluster too: so it does for kubectl.
        return found if found.namespace or not in_pod else found.in_namespace(pod_namespace(environment, account))
    if in_pod:
        return pod_selection(environment, account)
    if files:
        raise ConnectionSettingsError(f"kubeconfig {', '.join(map(str, files))}: sets no current-context")
    raise ConnectionSettingsError(
        "no API server is configured: there is no kubeconfig (--kubeconfig, KUBECONFIG or ~/.kube/config), "
        "and this is not a pod"
    )
