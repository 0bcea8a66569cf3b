"""Target: the cluster and namespace where manifests go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.failure import Unreachable
from flagoperator.kubeconfig import ConnectionSettingsError, context_names, find_connection

if TYPE_CHECKING:
    from pathlib import Path

    from flagoperator.kubeconfig import Connection


@dataclass(frozen=True, slots=True)
class Target:
    """Where manifests go.

    Attributes:
        connection: to the API server.
        namespace: of manifests that name none.
    """

    connection: Connection
    namespace: str


def target(kubeconfig: Path | None, context: str | None, namespace: str | None) -> Target:
    """Return where manifests go. Raises Unreachable where no API server is named."""
    try:
        connection = find_connection(kubeconfig, context)
    except ConnectionSettingsError as error:
        raise Unreachable(str(error)) from None
    return Target(connection, namespace or connection.namespace)


def known_contexts(kubeconfig: Path | None) -> frozenset[str]:
    """Return the names of the contexts of a kubeconfig. Raises Unreachable where it cannot be read."""
    try:
        return context_names(kubeconfig)
    except ConnectionSettingsError as error:
        raise Unreachable(str(error)) from None
