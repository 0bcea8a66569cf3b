"""Cli: the command ``flagoperator``."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
from typing import TYPE_CHECKING, Any

import click

from flagd.command_line.check import check_exposure, check_token_file
from flagd.command_line.ending import ending
from flagd.command_line.option import LOG_FORMAT, LOG_LEVEL, MANAGEMENT_LISTEN, MANAGEMENT_TLS, insecure_option, option
from flagd.command_line.parameter import FILE, FOLDER, Address, Number, Targets
from flagd.command_line.tls import take_tls_files
from flagd.process.address import is_loopback, split_url
from flagd.process.foreign import silence_grpc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from flagoperator.lists.source import Source
    from flagoperator.prometheus.client import Settings as PrometheusSettings
    from flagoperator.run.options import Options

NAMESPACED_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,99}")
PROMETHEUS = ("prometheus_url", "prometheus_namespace_label", "allow_any_query")
NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""https://kubernetes.io/docs/concepts/overview/working-with-objects/names"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="flagoperator")
def main() -> None:
    """Turn the flags of a Kubernetes cluster into what flagd serves."""


@main.command()
@option(
    "--kubeconfig",
    type=FILE,
    help="Kubeconfig to use. Default: KUBECONFIG, else ~/.kube/config, else the pod's ServiceAccount.",
)
@option("--context", help="Context of the kubeconfig. Default: the current one.")
@option("--namespaces", default="", metavar="NAME,…", help="Namespaces to watch. Default: all.")
@option(
    "--relist-interval",
    type=Number(min=1),
    default=60.0,
    metavar="SECONDS",
    help="Seconds between two complete lists of the cluster, ± 20 %; a missed deletion is noticed by then.",
)
@option("--listen", default="127.0.0.1:8015", type=Address(), help="Address of the ruleset stream.")
@MANAGEMENT_LISTEN
@MANAGEMENT_TLS
@option(
    "--serving-listen",
    type=Address(),
    help="Address of /v1/serving: which replica serves what, for those who may get the flags. Default: none.",
)
@option("--lease-namespace", help="Namespace of the Lease. Default: that of the pod, else default.")
@option(
    "--evaluation-service",
    metavar="NAMESPACE/NAME",
    help="Service of flagd, whose ready pods Published counts. Default: the connected replicas are counted.",
)
@option(
    "--state-dir",
    type=FOLDER,
    help="Folder for a copy of what was published; after a restart, invalid flags are served from it.",
)
@option(
    "--peers",
    type=Targets(),
    default=(),
    help="Ruleset ports of flagds and other operators, asked what is served: invalid flags keep that form.",
)
@option("--peer-ca", type=FILE, help="PEM file with the CA certificates to verify --peers with; turns on TLS.")
@option("--peer-token", type=FILE, help="File with the bearer token for --peers; read for every connection.")
@option(
    "--subscribers",
    default="",
    metavar="NAMESPACE/NAME,…",
    help="ServiceAccounts that may subscribe; the API server checks their tokens (TokenReview).",
)
@option("--token-audience", default="flagoperator", help="Audience that tokens of --subscribers must have.")
@option("--token-file", type=FILE, help="File with bearer tokens, one per line; subscribers must send one of them.")
@option("--tls-cert", type=FILE, help="PEM file with the stream's certificate chain; read again when it changes.")
@option("--tls-key", type=FILE, help="PEM file with the private key of --tls-cert.")
@option(
    "--tls-client-ca",
    type=FILE,
    help="PEM file with CA certificates; subscribers must present a certificate that one of them signed.",
)
@option(
    "--prometheus-url",
    help="Prometheus server that guards of rollouts query, such as http://prometheus.monitoring:9090.",
)
@option(
    "--prometheus-namespace-label",
    default="namespace",
    help="Label that holds the namespace; it is added to every selector of a guard.",
)
@option("--allow-any-query", is_flag=True, help="Do not restrict the queries of guards to the namespace of the flag.")
@option(
    "--list-sources",
    type=FILE,
    metavar="FILE",
    help="YAML file with the servers and folders that FlagCohorts may fetch lists of ids from.",
)
@option(
    "--pause-rollouts", is_flag=True, help="Stop all rollouts from moving forward; lowered goals still take effect."
)
@insecure_option()
@LOG_LEVEL
@LOG_FORMAT
def run(**settings: Any) -> None:  # noqa: ANN401
    """Watch the cluster, publish rulesets, write statuses.

    \b
    flagoperator run                                   in a pod
    flagoperator run --kubeconfig ~/.kube/config       from a shell

    flagoperator run --namespaces shop,ads             only the flags of two namespaces

    It needs the CRDs (flagctl crds) and the RBAC rules of the chart. The log says what it waits for;
    /readyz on --management-listen says what it knows and who subscribes.
    Two replicas may run: the one that holds the Lease publishes and writes, the other stands by.
    SIGTERM and SIGINT release the Lease; a second signal stops at once.
    Exit codes: 0 success, 1 a part has ended or stopping took too long, 2 wrong use,
    3 could not listen or find an API server.
    """
    silence_grpc()
    options = _options(settings)
    # Imported when needed: --help is quick, and works without the operator's libraries.
    from flagd.process import log
    from flagoperator.kubeconfig import ConnectionSettingsError
    from flagoperator.run import run as running

    log.configure(options.log_level, options.log_format)
    for name in ("kopf", "aiohttp"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with ending("flagoperator", unreachable=(OSError, ConnectionSettingsError)) as deadline:
        asyncio.run(running.run(options, deadline))


def _options(settings: Mapping[str, Any]) -> Options:
    from flagoperator.kubeconfig.pod import pod_namespace
    from flagoperator.run.options import Options
    from flagoperator.run.subscribers.admission import exposures

    settings = dict(settings)
    tls = take_tls_files(settings)
    settings["namespaces"] = tuple(filter(None, (each.strip() for each in settings["namespaces"].split(","))))
    settings["lease_namespace"] = settings["lease_namespace"] or pod_namespace(os.environ) or "default"
    _check_namespaces("--namespaces", settings["namespaces"])
    _check_namespaces("--lease-namespace", [settings["lease_namespace"]])
    service = settings["evaluation_service"]
    settings["evaluation_service"] = service and _named("--evaluation-service", service, "flags/flag-evaluation")
    settings["subscribers"] = _subscribers(settings["subscribers"], settings)
    check_token_file("--token-file", settings["token_file"], tls, settings["listen"])
    _check_serving(settings["serving_listen"], tls)
    settings["sources"] = _sources(settings.pop("list_sources"))
    settings["prometheus"] = _prometheus({name: settings.pop(name) for name in PROMETHEUS})
    relist, insecure = settings.pop("relist_interval"), settings.pop("insecure")
    identity = os.environ.get("POD_NAME") or socket.gethostname()
    options = Options(tls=tls, relist_seconds=relist, identity=identity, **settings)
    check_exposure(exposures(options), insecure=insecure)
    return options


def _check_serving(listen: str | None, tls: object) -> None:
    """Raise UsageError where people's tokens would travel in plain text: they open more than this port."""
    if listen is not None and tls is None and not is_loopback(listen):
        raise click.UsageError(
            f"--serving-listen {listen}: callers show tokens, which must not travel in plain text; "
            "give --tls-cert and --tls-key, or an address of this machine"
        )


def _sources(path: Path | None) -> Mapping[str, Source]:
    if path is None:
        return {}
    from flagoperator.lists.settings import SettingsError, read_sources

    try:
        return read_sources(path)
    except SettingsError as error:
        raise click.UsageError(f"--list-sources: {error}") from None


def _prometheus(settings: Mapping[str, Any]) -> PrometheusSettings | None:
    url, label = settings["prometheus_url"], settings["prometheus_namespace_label"]
    if url is None:
        return None
    try:
        parts = split_url(url, ("http", "https"), login=True)
    except ValueError:
        parts = None
    if parts is None or parts.query or parts.fragment:
        wrong = f"{url.rpartition('@')[2]!r} is not an address such as http://prometheus.monitoring:9090"
        raise click.UsageError(f"--prometheus-url: {wrong}")
    if not LABEL.fullmatch(label):
        raise click.UsageError(f"--prometheus-namespace-label: {label!r} is not the name of a label, such as namespace")
    # Imported when needed: it needs a parser of PromQL.
    from flagoperator.prometheus.client import Settings

    return Settings(url, None if settings["allow_any_query"] else label)


def _subscribers(text: str, settings: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = filter(None, (each.strip() for each in text.split(",")))
    found = tuple(_named("--subscribers", each, "flags/flagd") for each in names)
    if found and settings["token_file"]:
        raise click.UsageError("give either --subscribers or --token-file")
    if found and not settings["token_audience"]:
        raise click.UsageError("--subscribers needs a --token-audience")
    return found


def _named(option: str, text: str, example: str) -> tuple[str, str]:
    if not NAMESPACED_NAME.fullmatch(text):
        raise click.UsageError(f"{option}: {text!r} is not NAMESPACE/NAME, such as {example}")
    namespace, _, name = text.partition("/")
    return namespace, name


def _check_namespaces(option: str, names: Iterable[str]) -> None:
    for name in names:
        if not NAMESPACE.fullmatch(name):
            raise click.UsageError(
                f"{option}: {name!r} cannot be a namespace; lower-case letters, digits and -, at most 63"
            )
