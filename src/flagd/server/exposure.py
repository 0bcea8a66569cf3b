"""Exposure: where a flagd asks nobody who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.command_line.exposure import Exposure

if TYPE_CHECKING:
    from flagd.server.options import Options


def exposures(options: Options) -> list[Exposure]:
    """Return where a flagd with these options asks nobody who they are. Of the evaluation port keys are the judge."""
    found = []
    certified = options.tls is not None and options.tls.client_ca is not None
    authenticated = certified or options.ruleset_tokens is not None or options.deployment_keys == "required"
    if options.ruleset_listen is not None and not authenticated:
        cure = "--ruleset-token-file, --tls-client-ca or --deployment-keys required"
        found.append(Exposure.giving("--ruleset-listen", options.ruleset_listen, cure))
    operator = options.operator
    if operator is not None and operator.credentials.ca is None:
        found += [Exposure.obeying("--operator", host, "--operator-ca") for host in operator.hosts]
        found += [Exposure.obeying("--peers", host, "--operator-ca") for host in operator.peers]
    return found
