"""Option: an option of a program, which its environment variable sets too, and those that every program has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from flagd.command_line.parameter import Address

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., None]")
ENVIRONMENT_PREFIX = "FLAGSERVICE_"
"""Not FLAGD_: Kubernetes injects FLAGD_PORT where a Service is called flagd, and OpenFeature clients read FLAGD_*."""


def option(name: str, *names: str, **settings: Any) -> Callable[[Command], Command]:  # noqa: ANN401
    """Return a click option that can also be set by its environment variable."""
    variable = ENVIRONMENT_PREFIX + name.strip("-").replace("-", "_").upper()
    return click.option(name, *names, envvar=variable, show_envvar=True, **{"show_default": True} | settings)


def insecure_option(more: str = "") -> Callable[[Command], Command]:
    """Return ``--insecure``, which allows `more` with a program that does more."""
    return option(
        "--insecure",
        is_flag=True,
        help="Allow access without authentication beyond loopback: anyone who asks gets rulesets, "
        f"and any server that answers is obeyed. Also allow tokens of ServiceAccounts{more} to be sent in plain text.",
    )


MANAGEMENT_LISTEN = option(
    "--management-listen",
    default="127.0.0.1:8014",
    type=Address(),
    help="Address of /healthz, /readyz and /metrics.",
)
MANAGEMENT_TLS = option(
    "--management-tls",
    is_flag=True,
    help="Answer there over HTTPS, with --tls-cert and --tls-key. Callers need no certificate. Default: plain HTTP.",
)
LOG_LEVEL = option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    help="Least severe level to log.",
)
LOG_FORMAT = option("--log-format", type=click.Choice(["text", "json"]), default="text", help="Format of log lines.")
