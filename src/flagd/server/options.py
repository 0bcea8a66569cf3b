"""Options: everything that can be set about one flagd server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from flagd.process.memory import default_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.api.access import KeyPolicy
    from flagd.process.log import LogFormat
    from flagd.rpc.transport import TlsFiles
    from flagd.sources.operator import OperatorSettings

TransportName = Literal["auto", "grpcio", "envoy"]


@dataclass(frozen=True, slots=True)
class Options:
    """Options of ``flagd serve``; its help has the defaults.

    Attributes:
        manifests: folder of manifests to serve; None = the operator's rulesets are.
        operator: the operator whose rulesets to serve; exactly one of this and `manifests` is given.
        listen: ``host:port`` of the evaluation services.
        management_listen: ``host:port`` of /healthz, /readyz and /metrics.
        management_tls: whether they are answered over HTTPS, with the certificate of `tls`.
        ruleset_listen: ``host:port`` of the ruleset stream; None = it is not served.
        ruleset_tokens: file with the tokens, one per line, that peers and operators must show there.
        transport: what serves `listen`.
        state_dir: folder for the last good ruleset; None = it is not kept.
        deployment_keys: whether callers must show a deployment key.
        default_project: the project of callers who name none and whose key names none; None = it is not configured.
        tls: certificates of `listen` and `ruleset_listen`; None = plaintext.
        drain_seconds: longest time for running calls to finish after a request to stop.
        cors_origins: web origins that browsers may call from, ``*`` = all; only the transport envoy heeds them.
        trace_to: ``host:port`` of a collector of spans; None = there are none; only the transport envoy makes them.
        trace_percent: share of the calls without a trace context that get a span.
        access_log: file for a line for each call, ``-`` = standard output; only the transport envoy writes it.
        max_memory: bytes that the process may use; callers may hold a third of them.
        events_to: where exposures are told, as `flagd.tracking.sinks.named` has it; None = nowhere.
        events_key: file with the key to show there; None = none is shown.
        assignment_events: whether assignments are told too.
        insecure_events: whether events may go over plain HTTP beyond this machine.
        log_level: least level logged.
        log_format: form of a line of log.
    """

    manifests: Path | None = None
    operator: OperatorSettings | None = None
    listen: str = "127.0.0.1:8013"
    management_listen: str = "127.0.0.1:8014"
    management_tls: bool = False
    ruleset_listen: str | None = None
    ruleset_tokens: Path | None = None
    transport: TransportName = "auto"
    state_dir: Path | None = None
    deployment_keys: KeyPolicy = "optional"
    default_project: str | None = None
    tls: TlsFiles | None = None
    drain_seconds: float = 15.0
    cors_origins: tuple[str, ...] = ()
    trace_to: str | None = None
    trace_percent: float = 1.0
    access_log: str | None = None
    max_memory: int = field(default_factory=default_bytes)
    events_to: str | None = None
    events_key: Path | None = None
    assignment_events: bool = False
    insecure_events: bool = False
    log_level: str = "info"
    log_format: LogFormat = "text"
