"""Cli: the command ``flagd``."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flagd.command_line.check import check_exposure, check_pair, check_token_file
from flagd.command_line.ending import ending
from flagd.command_line.option import LOG_FORMAT, LOG_LEVEL, MANAGEMENT_LISTEN, MANAGEMENT_TLS, insecure_option, option
from flagd.command_line.parameter import FILE, FOLDER, Address, Number, Origin, Project, Target, Targets
from flagd.command_line.tls import take_tls_files
from flagd.process.address import is_loopback
from flagd.process.foreign import silence_grpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.server.options import Options
    from flagd.sources.operator import OperatorSettings

MANIFESTS = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="flagoperator")
def main() -> None:
    """Serve feature flags: answer which variant a user gets, over gRPC and HTTP."""


@main.command()
@option("--manifests", type=MANIFESTS, help="Folder of manifests to serve; edits are live within 1 s.")
@option(
    "--operator",
    type=Targets(),
    help="Operator whose rulesets to serve instead of manifests; flagd subscribes to every address of a name.",
)
@option("--listen", default="127.0.0.1:8013", type=Address(), help="Address of the evaluation services.")
@MANAGEMENT_LISTEN
@MANAGEMENT_TLS
@option(
    "--ruleset-listen",
    type=Address(),
    show_default="127.0.0.1:8015 with --operator, else none",
    help="Address of the ruleset stream, for peers, operators and clients that evaluate locally.",
)
@option(
    "--ruleset-token-file",
    type=FILE,
    help="File with bearer tokens, one per line; peers and operators must send one of them to the ruleset port.",
)
@option(
    "--peers",
    type=Targets(),
    help="Ruleset ports of other replicas, asked at startup if there is nothing to serve and no operator answers.",
)
@option(
    "--name",
    show_default="the host's name",
    help="Name of this replica in the operator's list of subscribers: that of its pod.",
)
@option(
    "--operator-ca",
    type=FILE,
    help="PEM file with the CA certificates to verify operator and peers with; turns on TLS.",
)
@option("--operator-cert", type=FILE, help="PEM file with the client certificate chain for operator and peers.")
@option("--operator-key", type=FILE, help="PEM file with the private key of --operator-cert.")
@option(
    "--operator-token-file",
    type=FILE,
    help="File with the bearer token for operator and peers; read for every connection.",
)
@option(
    "--peer-token-file",
    type=FILE,
    help="File with the bearer token for peers, if it is not that of --operator-token-file.",
)
@option(
    "--transport",
    type=click.Choice(["auto", "envoy", "grpcio"]),
    default="auto",
    help="Server of the evaluation port; auto is Envoy if it can run, else grpcio. The log says which and why.",
)
@option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    type=Origin(),
    help="Web origin that browsers may call from, such as https://shop.example, or * for all; repeat it. Envoy only.",
)
@option(
    "--trace-to",
    type=Target("otel-collector:4317"),
    help="Collector that takes spans of calls as OTLP over gRPC, such as otel-collector:4317. Envoy only.",
)
@option(
    "--trace-percent",
    type=Number(0, 100),
    default=1.0,
    metavar="PERCENT",
    help="Share of the calls without a W3C trace context that get a span; those with one decide for themselves.",
)
@option(
    "--access-log",
    metavar="FILE",
    help="File for a line of JSON for each call, - for standard output; it names no user. Envoy only.",
)
@option(
    "--state-dir",
    type=FOLDER,
    help="Folder for a copy of the last good ruleset; a restart answers from it until the source is read.",
)
@option(
    "--deployment-keys",
    type=click.Choice(["optional", "required"]),
    default="optional",
    help="Whether callers must send a deployment key; if optional, callers without one see every flag.",
)
@option(
    "--default-project",
    type=Project(),
    show_default="`default` where it is served, else with --manifests the only project",
    help="Project of calls that name none, themselves or by their key.",
)
@option(
    "--events-to",
    metavar="SINK",
    help="Where to send who was exposed to which variant: otlp+https://HOST/v1/logs, "
    "amplitude+https://HOST/2/httpapi, or a file.",
)
@option("--events-key-file", type=FILE, help="File with Amplitude's API key, or the collector's bearer token.")
@option("--assignment-events", is_flag=True, help="Also send the variants of callers who asked for all flags.")
@option("--tls-cert", type=FILE, help="PEM file with the server's certificate chain; read again when it changes.")
@option("--tls-key", type=FILE, help="PEM file with the private key of --tls-cert.")
@option(
    "--tls-client-ca",
    type=FILE,
    help="PEM file with CA certificates; callers must present a certificate that one of them signed.",
)
@insecure_option(" and events")
@option(
    "--drain-timeout",
    type=Number(min=0),
    default=15.0,
    metavar="SECONDS",
    help="Longest time, in seconds, for running calls to finish after SIGTERM or SIGINT.",
)
@option(
    "--max-memory",
    type=click.IntRange(min=64),
    metavar="MIB",
    show_default="the limit of the control group, else a quarter of the machine's",
    help="Memory that flagd may use, in MiB. Calls may use a third of it; new ones beyond that are refused.",
)
@LOG_LEVEL
@LOG_FORMAT
def serve(**settings: Any) -> None:  # noqa: ANN401
    """Serve a folder of manifests, or what an operator publishes.

    \b
    flagd serve --manifests examples
    flagd serve --manifests /flags --listen 0.0.0.0:8013 --management-listen 0.0.0.0:8014
    flagd serve --operator flagoperator.flags.svc:8015 --operator-ca ca.crt --state-dir /state

    SIGTERM and SIGINT drain: health says NOT_SERVING, streams end with UNAVAILABLE, running calls
    finish. A second signal stops immediately. Exit codes: 0 success, 1 a part has ended or
    stopping took too long, 2 wrong use, 3 could not listen or read.
    """
    silence_grpc()
    options = _options(settings)
    # Imported when needed: --help is quick, and works without the server's libraries.
    from flagd.process import log
    from flagd.server import serve

    log.configure(options.log_level, options.log_format)
    with ending("flagd") as deadline:
        asyncio.run(serve.serve(options, deadline))


def _options(settings: Mapping[str, Any]) -> Options:
    from flagd.process.memory import MIB
    from flagd.server.exposure import exposures
    from flagd.server.options import Options

    settings = dict(settings)
    manifests, operator = settings["manifests"], _operator(settings)
    if bool(manifests) == bool(operator):
        raise click.UsageError("give either --manifests or --operator")
    if manifests and not manifests.exists() and not settings["state_dir"]:
        raise click.UsageError(f"--manifests: there is no folder {manifests}")
    tls, tokens = take_tls_files(settings), settings.pop("ruleset_token_file")
    listen = settings.pop("ruleset_listen") or ("127.0.0.1:8015" if operator else None)
    check_token_file("--ruleset-token-file", tokens, tls, listen or "")
    most = settings.pop("max_memory")
    if most:
        settings["max_memory"] = most * MIB
    insecure, drain = settings.pop("insecure"), settings.pop("drain_timeout")
    settings |= {"events_key": settings.pop("events_key_file"), "insecure_events": insecure}
    options = Options(
        operator=operator, tls=tls, ruleset_listen=listen, ruleset_tokens=tokens, drain_seconds=drain, **settings
    )
    check_exposure(exposures(options), insecure=insecure)
    _check_events(options)
    return options


def _check_events(options: Options) -> None:
    from flagd.server.tracking import make_tracking

    if options.events_to is None and (options.events_key or options.assignment_events):
        raise click.UsageError("--events-key-file and --assignment-events belong to --events-to")
    try:
        make_tracking(options)
    except OSError as error:
        raise click.UsageError(f"--events-key-file: {error}") from None
    except ValueError as error:
        raise click.UsageError(f"--events-to: {error}") from None


def _operator(settings: dict[str, Any]) -> OperatorSettings | None:
    hosts, peers, name = (settings.pop(one) for one in ("operator", "peers", "name"))
    files = ("operator_ca", "operator_cert", "operator_key", "operator_token_file", "peer_token_file")
    ca, certificate, key, token, peer_token = (settings.pop(one) for one in files)
    if not hosts:
        if peers or ca or certificate or key or token or peer_token:
            raise click.UsageError("--peers, --peer-… and --operator-… belong to --operator")
        return None
    check_pair("--operator-cert", certificate, "--operator-key", key)
    if certificate and not ca:
        raise click.UsageError("--operator-cert needs --operator-ca")
    remote = not all(map(is_loopback, (*hosts, *(peers or ()))))
    if remote and not ca and (peer_token or (token and not settings["insecure"])):
        raise click.UsageError("--operator-token-file needs --operator-ca: tokens must not travel in plain text")
    from flagd.sources.operator import OperatorSettings
    from flagd.transport.channel import Credentials

    credentials, for_peers = (Credentials(ca, certificate, key, shown) for shown in (token, peer_token or token))
    own_name = name or socket.gethostname()
    return OperatorSettings(hosts, own_name, credentials, peers or (), peer_credentials=for_peers)
