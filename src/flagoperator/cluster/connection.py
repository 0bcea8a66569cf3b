"""Connection: where the API server is and who we are to it, from a pod's ServiceAccount or a kubeconfig."""

from __future__ import annotations

import logging
import ssl
import time
from typing import TYPE_CHECKING, Protocol

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, list_kube_config_contexts, load_incluster_config, load_kube_config
from yaml import YAMLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)
"""What the library lets through where a kubeconfig is YAML, but not a kubeconfig."""

log = logging.getLogger(__name__)
TOKEN_SECONDS = 5.0
"""How long a token is used before its source is asked again, which costs as much as a call to the API server."""


class ConnectionSettingsError(Exception):
    """There is no usable way to an API server; the text says what was tried."""


class Connection(Protocol):
    """How to reach the API server."""

    server: str
    ca_file: str | None
    certificate_file: str | None
    key_file: str | None
    verify: bool

    def token(self) -> str | None:
        """Return the bearer token that is valid now; files that a kubelet renews are read again."""

    def refresh(self) -> None:
        """Read the credentials anew, because they were refused."""


class ConfiguredConnection:
    """The way that the `kubernetes` library reads from files and from the environment of a pod."""

    def __init__(self, load: Callable[[Configuration], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`load` fills in a configuration, and raises ConfigException or OSError where it cannot."""
        self._load = load
        self._clock = clock
        self._token: str | None = None
        self._asked = float("-inf")
        self._configuration = configuration = Configuration()
        load(configuration)
        self.server = str(configuration.host).rstrip("/")
        self.ca_file: str | None = configuration.ssl_ca_cert
        self.certificate_file: str | None = configuration.cert_file
        self.key_file: str | None = configuration.key_file
        self.verify = bool(configuration.verify_ssl)

    def token(self) -> str | None:
        """Return the bearer token that is valid now, which is asked for every few seconds."""
        if self._clock() - self._asked >= TOKEN_SECONDS:
            self._asked, self._token = self._clock(), self._find_token()
        return self._token

    def _find_token(self) -> str | None:
        found = self._configuration.get_api_key_with_prefix("BearerToken", alias="authorization")
        scheme, _, token = (found or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.strip() else None

    def refresh(self) -> None:
        """Read the credentials anew; those from before stay where that fails."""
        configuration = Configuration()
        try:
            self._load(configuration)
        except (ConfigException, OSError, YAMLError, *MISSHAPEN) as error:
            log.warning("the credentials cannot be read anew: %s", error)
        else:
            self._configuration, self._asked = configuration, float("-inf")


def find_connection(kubeconfig: Path | None, context: str | None) -> Connection:
    """Return the connection of this pod, or that of `kubeconfig` (None = the usual places) and its `context`.

    Raises ConnectionSettingsError.
    """
    if kubeconfig is None and context is None:
        try:
            return ConfiguredConnection(lambda configuration: load_incluster_config(configuration))  # type: ignore[no-untyped-call]
        except ConfigException:
            pass  # not in a pod
    file = str(kubeconfig) if kubeconfig else None

    def load(configuration: Configuration) -> None:
        load_kube_config(file, context, client_configuration=configuration, persist_config=False)  # type: ignore[no-untyped-call]

    try:
        return ConfiguredConnection(load)
    except (ConfigException, OSError, YAMLError, *MISSHAPEN) as error:
        raise ConnectionSettingsError(_unusable(file, error)) from error


def _unusable(file: str | None, error: Exception) -> str:
    reason = " ".join(str(error).split()).removeprefix("Invalid kube-config file. ")
    if isinstance(error, MISSHAPEN):
        reason = "it is not of the form of a kubeconfig"
    if file is not None:
        return f"kubeconfig {file}: {reason}"
    return f"this is no pod, and no kubeconfig is usable (KUBECONFIG or ~/.kube/config; or give --kubeconfig): {reason}"


def default_namespace(kubeconfig: Path | None, context: str | None) -> str:
    """Return the namespace that `context` of `kubeconfig` names, else ``default``."""
    try:
        contexts, active = list_kube_config_contexts(str(kubeconfig) if kubeconfig else None)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError):
        return "default"
    chosen = next((each for each in contexts if each["name"] == context), active)
    return str(chosen["context"].get("namespace") or "default")


def tls_context(connection: Connection) -> ssl.SSLContext | bool:
    """Return how TLS to the API server is to be done."""
    if not connection.server.startswith("https"):
        return False
    context = ssl.create_default_context(cafile=connection.ca_file)
    if not connection.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if connection.certificate_file:
        context.load_cert_chain(connection.certificate_file, connection.key_file)
    return context
