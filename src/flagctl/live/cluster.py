"""Cluster: the options of commands that ask or change a cluster: which one, and how long to wait for the replicas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flagctl.live.completion_names import context_names
from flagd.command_line.parameter import Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagctl.live.target import Target


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which cluster, as the command line says it.

    Attributes:
        namespace: of what names none; None = the context's.
        kubeconfig: None = KUBECONFIG, ~/.kube/config, the pod's ServiceAccount.
        context: None = the current one.
        wait_seconds: how long to wait until every ready replica serves a change; None = not at all.
    """

    namespace: str | None
    kubeconfig: Path | None
    context: str | None
    wait_seconds: float | None

    def target(self) -> Target:
        """Return where requests go. Raises Unreachable where no API server is named."""
        # Imported when needed: every other command starts faster without a cluster's libraries.
        from flagctl.live.target import target

        return target(self.kubeconfig, self.context, self.namespace)

    def known_contexts(self) -> frozenset[str]:
        """Return the names of the contexts there are. Raises Unreachable where a kubeconfig cannot be read."""
        from flagctl.live.target import known_contexts

        return known_contexts(self.kubeconfig)

    @property
    def is_named(self) -> bool:
        """Whether anything says which cluster."""
        return (self.namespace, self.kubeconfig, self.context) != (None, None, None)

    @property
    def doing(self) -> str:
        """What to show while it takes long."""
        return "asking the API server" if self.wait_seconds is None else "waiting until every replica serves it"


_WAIT = (
    click.option("--wait", is_flag=True, help="Wait until every ready replica of flagd serves it."),
    click.option(
        "--timeout",
        type=Number(min=0, min_open=True),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest time to wait, in seconds.",
    ),
)
_CONNECTION = (
    click.option(
        "--namespace", "-n", metavar="NAME", help="Namespace, where manifests name none. Default: that of the context."
    ),
    click.option(
        "--kubeconfig",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Kubeconfig to use. Default: KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.",
    ),
    click.option(
        "--context",
        "context_name",
        metavar="NAME",
        shell_complete=context_names,
        help="Context of the kubeconfig. Default: the current one.",
    ),
)


def cluster_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options of a cluster that it changes, and their values as its argument `cluster`."""

    @wraps(command)
    def called(*, wait: bool, timeout: float, cluster: Cluster, **rest: Any) -> None:  # noqa: ANN401
        command(cluster=replace(cluster, wait_seconds=timeout if wait else None), **rest)

    for option in reversed(_WAIT):
        called = option(called)
    return connection_options(called)


def connection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options that say which cluster, and their values as its argument `cluster`."""

    @wraps(command)
    def called(
        *,
        namespace: str | None,
        kubeconfig: Path | None,
        context_name: str | None,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        command(cluster=Cluster(namespace, kubeconfig, context_name, None), **rest)

    for option in reversed(_CONNECTION):
        called = option(called)
    return called
