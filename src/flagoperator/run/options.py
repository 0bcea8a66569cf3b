"""Options: everything that can be set about one operator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flagd.process.log import LogFormat
    from flagd.rpc.transport import TlsFiles
    from flagoperator.lists.source import Source
    from flagoperator.prometheus.client import Settings as PrometheusSettings


@dataclass(frozen=True, slots=True)
class Options:
    """Options of ``flagoperator run``; its help has the defaults.

    Attributes:
        kubeconfig: file to take the connection from; None = the pod's ServiceAccount, else the usual file.
        context: of the kubeconfig; None = the current one.
        namespaces: those that are watched; none = all.
        relist_seconds: time between two lists of everything, within 20 %.
        listen: ``host:port`` of the ruleset stream.
        management_listen: ``host:port`` of /healthz, /readyz and /metrics.
        management_tls: whether they are answered over HTTPS, with the certificate of `tls`.
        serving_listen: ``host:port`` of /v1/serving; None = it is not answered.
        lease_namespace: where the Lease is.
        identity: name of this replica in the Lease; the pod's.
        evaluation_service: namespace and name of the Service whose ready pods count towards Published;
            None = the connected replicas.
        state_dir: folder for what was published last; None = it is not kept.
        peers: ``name:port`` of the ruleset ports of flagds and other operators, asked for what is served.
        peer_ca: PEM file with the CA certificates of `peers`; None = plaintext.
        peer_token: file with the token to show to `peers`; None = none is shown.
        token_file: file with the tokens, one per line, of which subscribers must show one; None = no token is needed.
        subscribers: namespace and name of the ServiceAccounts that may subscribe; none = `token_file` decides.
        token_audience: whom the tokens of `subscribers` must be for.
        tls: certificates of `listen`; None = plaintext.
        pause_rollouts: whether no rollout moves forward.
        prometheus: which one guards are measured by, and how it is asked; None = none.
        sources: where lists of ids may be fetched from, by name.
        log_level: least level logged.
        log_format: form of a line of log.
    """

    kubeconfig: Path | None = None
    context: str | None = None
    namespaces: tuple[str, ...] = ()
    relist_seconds: float = 60.0
    listen: str = "127.0.0.1:8015"
    management_listen: str = "127.0.0.1:8014"
    management_tls: bool = False
    serving_listen: str | None = None
    lease_namespace: str = "default"
    identity: str = "flagoperator"
    evaluation_service: tuple[str, str] | None = None
    state_dir: Path | None = None
    peers: tuple[str, ...] = ()
    peer_ca: Path | None = None
    peer_token: Path | None = None
    token_file: Path | None = None
    subscribers: tuple[tuple[str, str], ...] = ()
    token_audience: str = "flagoperator"  # noqa: S105
    tls: TlsFiles | None = None
    pause_rollouts: bool = False
    prometheus: PrometheusSettings | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    log_level: str = "info"
    log_format: LogFormat = "text"
